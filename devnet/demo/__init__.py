"""The main job: a year of readings from the meter to a certificate, verified, and tampered with to see it caught."""
