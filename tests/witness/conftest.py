from tests.chain.stand import stand as stand
