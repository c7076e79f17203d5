namespace Distribution.Silos.State;

/// <summary>Viewers that are kept from peers, to compare with those that are not.</summary>
internal static class HoldoutSchema
{
    public const string Step = """
        CREATE TABLE publisher_holdout (
          publisher_id TEXT NOT NULL PRIMARY KEY,
          percent INT NOT NULL -- of viewers
        );

        -- Viewers of publishers that compare, by peer id; times are Unix seconds, 0: not so far.
        CREATE TABLE ledger_trial (
          file_key BIGINT NOT NULL,
          peer_id BLOB NOT NULL,
          held_out INT NOT NULL,
          started_at BIGINT NOT NULL, -- its first announce
          began_at BIGINT NOT NULL, -- the first that anybody knew of bytes that it got
          completed_at BIGINT NOT NULL,
          last_at BIGINT NOT NULL, -- its last news
          PRIMARY KEY (file_key, peer_id)
        ) WITHOUT ROWID;
        CREATE INDEX ledger_trial_start ON ledger_trial (file_key, started_at);
        """;
}
