-- Who may use the console.

CREATE TABLE users (
    name        text PRIMARY KEY CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$'),
    role        text        NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    -- Argon2id in PHC form; none: signs in through the reverse proxy only.
    password    text,
    disabled_at timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- Failures to sign in, by name and by address, known to us or not: what is counted must not tell who exists.
CREATE TABLE sign_in_failures (
    subject      text PRIMARY KEY,
    failures     integer     NOT NULL CHECK (failures >= 0),
    last_at      timestamptz NOT NULL,
    locked_until timestamptz
);

CREATE TABLE sessions (
    -- SHA-256 of the cookie: who reads this table cannot sign in with it.
    id_hash    bytea PRIMARY KEY CHECK (octet_length(id_hash) = 32),
    user_name  text        NOT NULL,
    csrf       text        NOT NULL,
    by_proxy   boolean     NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at    timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_name);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE tokens (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text        NOT NULL UNIQUE CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$'),
    role         text        NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    -- SHA-256: a token is 256 random bits, so a slow hash would add nothing.
    hash         bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    created_by   text        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    revoked_at   timestamptz
);
