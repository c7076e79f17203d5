namespace Distribution.Silos.State;

/// <summary>Steps of <see cref="StateSchema"/> about what publishers ask for and are told.</summary>
internal static class PublisherSchema
{
    /// <summary>Requests that were sent with an idempotency key, and their answers. Times are Unix milliseconds.</summary>
    public const string KeptRequests = """
        CREATE TABLE kept_request (
          digest TEXT NOT NULL PRIMARY KEY,
          owner TEXT NOT NULL,
          fingerprint TEXT NOT NULL,
          begun_at BIGINT NOT NULL, -- 0: nobody knows how it ended
          expires_at BIGINT NOT NULL,
          answer BLOB -- null: none yet
        );
        CREATE INDEX kept_request_owner ON kept_request (owner);
        CREATE INDEX kept_request_expiry ON kept_request (expires_at);
        """;

    /// <summary>Webhooks, what happened, and what is on its way to whom. Times are Unix milliseconds.</summary>
    public const string Webhooks = """
        CREATE TABLE webhook (
          webhook_id TEXT NOT NULL PRIMARY KEY,
          publisher_id TEXT NOT NULL,
          created_at BIGINT NOT NULL,
          is_enabled INT NOT NULL,
          record BLOB NOT NULL
        );
        CREATE INDEX webhook_publisher ON webhook (publisher_id, created_at);

        CREATE TABLE webhook_event (
          event_id TEXT NOT NULL PRIMARY KEY,
          type TEXT NOT NULL,
          created_at BIGINT NOT NULL,
          payload TEXT NOT NULL
        );
        CREATE INDEX webhook_event_age ON webhook_event (created_at);

        CREATE TABLE webhook_delivery (
          delivery_id TEXT NOT NULL PRIMARY KEY,
          webhook_id TEXT NOT NULL,
          event_id TEXT NOT NULL,
          created_at BIGINT NOT NULL,
          state INT NOT NULL,
          attempts INT NOT NULL,
          due_at BIGINT, -- null: it is not tried any more
          last_status INT,
          last_error TEXT NOT NULL
        );
        CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX webhook_delivery_newest ON webhook_delivery (webhook_id, created_at DESC, delivery_id DESC);
        CREATE INDEX webhook_delivery_event ON webhook_delivery (event_id);

        CREATE TABLE webhook_attempt (
          delivery_id TEXT NOT NULL,
          number INT NOT NULL,
          at BIGINT NOT NULL,
          status INT,
          latency_ms INT NOT NULL,
          error TEXT NOT NULL,
          response TEXT NOT NULL,
          PRIMARY KEY (delivery_id, number)
        ) WITHOUT ROWID;

        -- Published files that no edge has taken up yet, where somebody wants to hear of it.
        CREATE TABLE webhook_ready (
          file_id TEXT NOT NULL PRIMARY KEY,
          since BIGINT NOT NULL
        );
        """;

    /// <summary>Swarms in which somebody downloads, where somebody wants to hear of it.</summary>
    public const string Awake = """
        CREATE TABLE webhook_awake (
          file_id TEXT NOT NULL PRIMARY KEY,
          seen_at BIGINT NOT NULL -- Unix milliseconds: the last time that it was so
        );
        """;

    /// <summary>Where accounts are signed in. Times are Unix milliseconds.</summary>
    public const string Sessions = """
        CREATE TABLE account_session (
          session_id TEXT NOT NULL PRIMARY KEY,
          account_id TEXT NOT NULL,
          stamp TEXT NOT NULL, -- the account's, when it was opened
          way TEXT NOT NULL,
          browser TEXT NOT NULL,
          created_at BIGINT NOT NULL,
          last_seen_at BIGINT NOT NULL
        );
        CREATE INDEX account_session_account ON account_session (account_id, last_seen_at);
        """;

    /// <summary>What publishers have set for all of their files.</summary>
    public const string Settings = """
        CREATE TABLE publisher_settings (
          publisher_id TEXT NOT NULL PRIMARY KEY,
          record BLOB NOT NULL
        );
        """;

    /// <summary>Which files are versions of one another.</summary>
    public const string Versions = """
        ALTER TABLE published_file ADD COLUMN first_version_id TEXT; -- null: it is the first
        CREATE INDEX published_file_versions ON published_file (first_version_id) WHERE first_version_id IS NOT NULL;
        """;
}
