"""What `carbon serve --help` says, in both languages."""

from ledger.language import Language

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "about": "Run the gateway: signed frames in; receipts, log tiles, certificates and their pages out.",
        "keys": "Every flag is also a key of <dir>/gateway.toml (with_anchorer = true). The passphrase of the\n"
        "promise key comes from promise_passphrase_file or CARBON_PROMISE_PASSPHRASE."
        "\n\nexample:  carbon serve --dir .carbon --port 8000 --with-anchorer",
        "dir": "folder with gateway.toml and what it names (default .carbon)",
        "host": "address to listen on (default 127.0.0.1)",
        "port": "port to listen on (default 8000)",
        "database": "database: an SQLAlchemy address, or a path below DIR (default ledger.db)",
        "deployment": "deployment.json, below DIR",
        "rpc": "the chain's node (default http://127.0.0.1:8545)",
        "confirmations": "blocks that count as final, on a chain that has no finalized block",
        "log_id": "the log that is served",
        "promise_key_file": "key that signs promises, below DIR (default keys/promise.pem)",
        "promise_passphrase_file": "file with that key's passphrase, below DIR",
        "issuer_folder": "folder of the keys that sign credentials, made at the first start (default keys/issuer)",
        "issuer_passphrase_file": "file with their passphrase (default: that of the promise key)",
        "public_url": "address that QR codes carry",
        "clock": "whose time counts: system, or chain (replays)",
        "with_anchorer": "also run 'carbon anchor run', as a child process",
        "log_json": "write the log as JSON lines",
        "tls_certificate": "certificate with its chain, PEM, below DIR: serves HTTPS, and nothing else on this port",
        "tls_key": "its private key, PEM, below DIR, mode 600",
        "certification_scheme": "two signs that GS1 assigned to the scheme, for (7230) on product labels; default none",
        "callbacks": "whom PACT events may be sent to: public addresses, private networks too, or loopback too",
        "behind_proxy": "plain HTTP beyond loopback, since a proxy in front ends TLS",
        "lang": "language of this help",
    },
    "zh": {
        "about": "运行网关：接收签名帧，提供回执、日志分片、证书及其页面。",
        "keys": "每个选项也是 <dir>/gateway.toml 的一个键（如 with_anchorer = true）。承诺密钥的口令\n"
        "取自 promise_passphrase_file 或环境变量 CARBON_PROMISE_PASSPHRASE。"
        "\n\n示例：  carbon serve --dir .carbon --port 8000 --with-anchorer",
        "dir": "存放 gateway.toml 及其所指文件的目录（默认 .carbon）",
        "host": "监听地址（默认 127.0.0.1）",
        "port": "监听端口（默认 8000）",
        "database": "数据库：SQLAlchemy 地址，或 DIR 之下的路径（默认 ledger.db）",
        "deployment": "DIR 之下的 deployment.json",
        "rpc": "区块链节点（默认 http://127.0.0.1:8545）",
        "confirmations": "在没有 finalized 标签的链上，视为最终的区块数",
        "log_id": "所服务的日志",
        "promise_key_file": "签署承诺的密钥，位于 DIR 之下（默认 keys/promise.pem）",
        "promise_passphrase_file": "存放该密钥口令的文件，位于 DIR 之下",
        "issuer_folder": "签发凭证的密钥目录，首次启动时生成（默认 keys/issuer）",
        "issuer_passphrase_file": "存放这些密钥口令的文件（默认与承诺密钥相同）",
        "public_url": "二维码所含的网址",
        "clock": "以谁的时间为准：system，或 chain（回放时）",
        "with_anchorer": "同时以子进程运行 carbon anchor run",
        "log_json": "以 JSON 行写日志",
        "tls_certificate": "DIR 之下的证书及证书链（PEM）：该端口仅提供 HTTPS",
        "tls_key": "DIR 之下该证书的私钥（PEM，权限 600）",
        "certification_scheme": "GS1 分配给认证制度的两位代码，用于产品标签的 (7230)（默认无）",
        "callbacks": "PACT 事件可发往何处：仅公网（public）、含专用网络（private）、含回环（local）",
        "behind_proxy": "由前置代理终止 TLS，允许在回环地址之外提供明文 HTTP",
        "lang": "本帮助的语言",
    },
}
