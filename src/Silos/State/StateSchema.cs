namespace Distribution.Silos.State;

/// <summary>
/// The tables, and their version. Byte counts and Unix seconds are BIGINT, hashes and peer ids are their raw bytes. WITHOUT ROWID is
/// SQLite's way to keep a row in its primary key; PostgreSQL does without.
/// </summary>
internal static class StateSchema
{
    private const string FirstTables = """
        CREATE TABLE grain_state (
          state_name TEXT NOT NULL,
          grain_id TEXT NOT NULL,
          version BIGINT NOT NULL,
          payload BLOB NOT NULL,
          PRIMARY KEY (state_name, grain_id)
        ) WITHOUT ROWID;

        CREATE TABLE published_file (
          file_id TEXT NOT NULL PRIMARY KEY,
          publisher_id TEXT NOT NULL,
          created_at BIGINT NOT NULL, -- ticks of UTC
          state INT NOT NULL,
          record BLOB NOT NULL
        );
        CREATE INDEX published_file_newest ON published_file (publisher_id, created_at DESC, file_id DESC);
        CREATE INDEX published_file_state ON published_file (state);

        -- A file as the ledger knows it. Of several with one info-hash (published again later) the current one gets new bytes.
        CREATE TABLE ledger_file (
          file_key BIGINT NOT NULL PRIMARY KEY,
          info_hash BLOB NOT NULL,
          file_id TEXT, -- null: bytes were sent before the file was known
          publisher_id TEXT,
          size_bytes BIGINT, -- null: not known
          is_current INT NOT NULL,
          is_open INT NOT NULL,
          completed BIGINT NOT NULL
        );
        CREATE INDEX ledger_file_hash ON ledger_file (info_hash, is_current);
        CREATE INDEX ledger_file_id ON ledger_file (file_id);
        CREATE INDEX ledger_file_publisher ON ledger_file (publisher_id);

        CREATE TABLE send_source (
          source_key BIGINT NOT NULL PRIMARY KEY,
          source TEXT NOT NULL,
          epoch TEXT NOT NULL,
          UNIQUE (source, epoch)
        );

        -- What senders counted: cumulative, as they said it last.
        CREATE TABLE send_counter (
          source_key BIGINT NOT NULL,
          hour_start BIGINT NOT NULL,
          file_key BIGINT NOT NULL,
          address TEXT NOT NULL,
          kind INT NOT NULL,
          bytes BIGINT NOT NULL,
          PRIMARY KEY (source_key, hour_start, file_key, address, kind)
        ) WITHOUT ROWID;

        -- One household's bytes of one file, cumulative; low and high are what is booked in hours.
        CREATE TABLE ledger_account (
          account_key BIGINT NOT NULL PRIMARY KEY,
          file_key BIGINT NOT NULL,
          web_seed BIGINT NOT NULL,
          direct BIGINT NOT NULL,
          edge BIGINT NOT NULL,
          witnessed BIGINT NOT NULL,
          announced BIGINT NOT NULL,
          viewers BIGINT NOT NULL,
          low BIGINT NOT NULL,
          high BIGINT NOT NULL,
          last_viewer BLOB
        );

        CREATE TABLE ledger_address (
          file_key BIGINT NOT NULL,
          address TEXT NOT NULL,
          account_key BIGINT NOT NULL,
          PRIMARY KEY (file_key, address)
        ) WITHOUT ROWID;
        CREATE INDEX ledger_address_account ON ledger_address (account_key);

        CREATE TABLE ledger_viewer (
          file_key BIGINT NOT NULL,
          peer_id BLOB NOT NULL,
          account_key BIGINT NOT NULL,
          first_seen BIGINT NOT NULL,
          phase INT NOT NULL,
          baseline BIGINT NOT NULL,
          smallest_left BIGINT NOT NULL,
          credit BIGINT NOT NULL,
          uploaded_first BIGINT NOT NULL,
          uploaded BIGINT NOT NULL,
          witnessed BIGINT NOT NULL,
          completed INT NOT NULL,
          PRIMARY KEY (file_key, peer_id)
        ) WITHOUT ROWID;
        CREATE INDEX ledger_viewer_account ON ledger_viewer (account_key);

        -- Increments: a range's figures are the sums of its rows.
        CREATE TABLE ledger_hour (
          file_key BIGINT NOT NULL,
          hour_start BIGINT NOT NULL,
          low BIGINT NOT NULL,
          high BIGINT NOT NULL,
          web_seed BIGINT NOT NULL,
          direct BIGINT NOT NULL,
          edge BIGINT NOT NULL,
          edge_fill BIGINT NOT NULL,
          viewer_upload BIGINT NOT NULL,
          PRIMARY KEY (file_key, hour_start)
        ) WITHOUT ROWID;

        -- Who got or gave anything in which hour: a peer id, or an account's key where no peer id is known.
        CREATE TABLE ledger_presence (
          file_key BIGINT NOT NULL,
          hour_start BIGINT NOT NULL,
          viewer BLOB NOT NULL,
          got INT NOT NULL,
          gave INT NOT NULL,
          PRIMARY KEY (file_key, hour_start, viewer)
        ) WITHOUT ROWID;
        """;

    /// <summary>A hybrid's second name, so that its swarm is found by it after a restart.</summary>
    private const string InfoHashesV2 = """
        ALTER TABLE ledger_file ADD COLUMN info_hash_v2 BLOB; -- 32 bytes; null: v1 alone
        """;

    /// <summary>What other silos follow each other's changes by; and what all silos of a cluster must have alike.</summary>
    private const string Revisions = """
        ALTER TABLE ledger_file ADD COLUMN revision BIGINT NOT NULL DEFAULT 0; -- of its opening or closing
        CREATE INDEX ledger_file_revision ON ledger_file (revision);
        ALTER TABLE published_file ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
        CREATE INDEX published_file_revision ON published_file (revision);

        CREATE TABLE shared_value (
          name TEXT NOT NULL PRIMARY KEY,
          value BLOB NOT NULL
        );
        """;

    /// <summary>What viewers said that cannot be so: of each viewer, and how many a file, hour and kind.</summary>
    private const string Anomalies = """
        ALTER TABLE ledger_viewer ADD COLUMN anomalies INT NOT NULL DEFAULT 0; -- flags

        CREATE TABLE ledger_anomaly (
          file_key BIGINT NOT NULL,
          hour_start BIGINT NOT NULL,
          kind INT NOT NULL, -- one flag
          viewers BIGINT NOT NULL,
          PRIMARY KEY (file_key, hour_start, kind)
        ) WITHOUT ROWID;
        """;

    /// <summary>The hash chain, and what of the hours it holds already.</summary>
    private const string Chain = """
        -- Append-only. The line says everything, its own hash too, and is what an export shows.
        CREATE TABLE ledger_entry (
          seq BIGINT NOT NULL PRIMARY KEY,
          line TEXT NOT NULL
        );

        ALTER TABLE ledger_hour ADD COLUMN is_chained INT NOT NULL DEFAULT 0; -- 0: more was booked than the chain holds
        ALTER TABLE ledger_hour ADD COLUMN chained_low BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_hour ADD COLUMN chained_high BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_hour ADD COLUMN chained_web_seed BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_hour ADD COLUMN chained_direct BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_hour ADD COLUMN chained_edge BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_hour ADD COLUMN chained_edge_fill BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_hour ADD COLUMN chained_viewer_upload BIGINT NOT NULL DEFAULT 0;
        CREATE INDEX ledger_hour_unchained ON ledger_hour (hour_start, file_key) WHERE is_chained = 0;

        -- What the chain says: got + 2 * gave. Where both are 0 the viewer turned out to be another one.
        ALTER TABLE ledger_presence ADD COLUMN chained INT NOT NULL DEFAULT 0;
        CREATE INDEX ledger_presence_unchained ON ledger_presence (hour_start, file_key)
          WHERE got + 2 * gave <> chained;
        """;

    /// <summary>What a CDN sent past us, what edges sent beside payload, and which lines of access logs were read.</summary>
    private const string OtherSources = """
        ALTER TABLE ledger_hour ADD COLUMN cdn BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_hour ADD COLUMN edge_metadata BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_hour ADD COLUMN edge_overhead BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_hour ADD COLUMN waste BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_hour ADD COLUMN late BIGINT NOT NULL DEFAULT 0; -- of high, in entries of the closed hour
        ALTER TABLE ledger_hour ADD COLUMN chained_cdn BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_hour ADD COLUMN chained_edge_metadata BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_hour ADD COLUMN chained_edge_overhead BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_hour ADD COLUMN chained_waste BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_account ADD COLUMN cdn BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE ledger_account ADD COLUMN waste BIGINT NOT NULL DEFAULT 0;

        ALTER TABLE ledger_viewer ADD COLUMN held BIGINT NOT NULL DEFAULT 0; -- the most that an edge saw
        ALTER TABLE ledger_viewer ADD COLUMN start_held BIGINT NOT NULL DEFAULT -1; -- as its start told; -1: it did not

        -- The chain's entries of hours that had been closed.
        CREATE TABLE ledger_late (
          file_key BIGINT NOT NULL,
          hour_start BIGINT NOT NULL,
          seq BIGINT NOT NULL,
          at BIGINT NOT NULL, -- Unix seconds
          low BIGINT NOT NULL,
          high BIGINT NOT NULL,
          web_seed BIGINT NOT NULL,
          direct BIGINT NOT NULL,
          edge BIGINT NOT NULL,
          edge_fill BIGINT NOT NULL,
          viewer_upload BIGINT NOT NULL,
          cdn BIGINT NOT NULL,
          edge_metadata BIGINT NOT NULL,
          edge_overhead BIGINT NOT NULL,
          waste BIGINT NOT NULL,
          PRIMARY KEY (file_key, hour_start, seq)
        ) WITHOUT ROWID;

        -- An access log is known by its first line, wherever it lies and whatever it is called.
        CREATE TABLE access_log (
          first_line BLOB NOT NULL PRIMARY KEY, -- SHA-256
          name TEXT NOT NULL, -- of the file in which it was seen last
          read_bytes BIGINT NOT NULL, -- so much of its text is booked, whole lines
          read_hash BLOB NOT NULL, -- SHA-256 of that text
          lines BIGINT NOT NULL,
          counted BIGINT NOT NULL,
          malformed BIGINT NOT NULL,
          unknown BIGINT NOT NULL,
          cdn_bytes BIGINT NOT NULL,
          booked_at BIGINT NOT NULL, -- Unix seconds
          problem TEXT NOT NULL -- the first malformed line; empty: none
        );
        """;

    /// <summary>Who signs in, for which publishers, with which keys, and what they did. Times are Unix milliseconds.</summary>
    private const string Accounts = """
        CREATE TABLE account (
          account_id TEXT NOT NULL PRIMARY KEY,
          version BIGINT NOT NULL,
          record BLOB NOT NULL
        );

        -- What an account is found by: its name, its logins, its passkeys.
        CREATE TABLE account_name (
          name TEXT NOT NULL PRIMARY KEY,
          account_id TEXT NOT NULL
        );
        CREATE INDEX account_name_account ON account_name (account_id);

        CREATE TABLE publisher (
          publisher_id TEXT NOT NULL PRIMARY KEY,
          name TEXT NOT NULL,
          created_at BIGINT NOT NULL
        );
        INSERT INTO publisher (publisher_id, name, created_at) VALUES ('default', 'Default', 0);

        CREATE TABLE publisher_member (
          publisher_id TEXT NOT NULL,
          account_id TEXT NOT NULL,
          role INT NOT NULL,
          since BIGINT NOT NULL,
          PRIMARY KEY (publisher_id, account_id)
        ) WITHOUT ROWID;
        CREATE INDEX publisher_member_account ON publisher_member (account_id);

        CREATE TABLE invitation (
          digest TEXT NOT NULL PRIMARY KEY,
          invitation_id TEXT NOT NULL,
          publisher_id TEXT NOT NULL,
          role INT NOT NULL,
          note TEXT NOT NULL,
          created_by TEXT NOT NULL,
          expires_at BIGINT NOT NULL
        );
        CREATE INDEX invitation_publisher ON invitation (publisher_id);

        CREATE TABLE api_key (
          digest TEXT NOT NULL PRIMARY KEY,
          key_id TEXT NOT NULL,
          publisher_id TEXT NOT NULL,
          name TEXT NOT NULL,
          prefix TEXT NOT NULL,
          scopes TEXT NOT NULL,
          created_by TEXT NOT NULL,
          created_at BIGINT NOT NULL,
          expires_at BIGINT, -- null: never
          last_used_at BIGINT -- null: not yet
        );
        CREATE INDEX api_key_publisher ON api_key (publisher_id, created_at);

        CREATE TABLE audit_entry (
          number BIGINT NOT NULL PRIMARY KEY,
          at BIGINT NOT NULL,
          publisher_id TEXT, -- null: the server's
          actor TEXT NOT NULL,
          action TEXT NOT NULL,
          subject TEXT NOT NULL,
          detail TEXT NOT NULL,
          address TEXT NOT NULL
        );
        CREATE INDEX audit_entry_publisher ON audit_entry (publisher_id, number);
        """;

    /// <summary>What the operator decides beside the publishers.</summary>
    private const string Operators = """
        ALTER TABLE publisher ADD COLUMN quota_bytes BIGINT; -- null: the server's; 0: none

        -- Where peers are off, whatever the files say.
        CREATE TABLE peer_switch (
          publisher_id TEXT NOT NULL PRIMARY KEY -- empty: the whole server
        ) WITHOUT ROWID;
        """;

    /// <summary>Each leads from one version to the next; what is in use never changes.</summary>
    public static readonly IReadOnlyList<string> Steps =
    [
        FirstTables,
        InfoHashesV2,
        Revisions,
        Anomalies,
        Chain,
        OtherSources,
        Accounts,
        ReportingSchema.Step,
        Operators,
        HoldoutSchema.Step,
        PublisherSchema.KeptRequests,
        PublisherSchema.Webhooks,
        PublisherSchema.Settings,
        PublisherSchema.Versions,
        PublisherSchema.Sessions,
        PublisherSchema.Awake,
    ];

    public static int Version => Steps.Count;

    public static void ApplyToSqlite(StateSession session, string path)
    {
        long version = session.Scalar("PRAGMA user_version");
        if (version > Version)
            throw new StateUnavailableException(
                $"The state database {path} was written by a later version of the program ({version}; this one knows {Version})."
            );
        if (version == Version)
            return;
        session.Execute("BEGIN IMMEDIATE");
        foreach (string step in Steps.Skip((int)version))
            session.Execute(step);
        session.Execute($"PRAGMA user_version = {Version}");
        session.Execute("COMMIT");
    }
}
