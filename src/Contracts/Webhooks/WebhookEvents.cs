namespace Distribution.Contracts.Webhooks;

/// <summary>What webhooks are told of; the names are the API's.</summary>
public static class WebhookEvents
{
    /// <summary>A file's links work.</summary>
    public const string FilePublished = "file.published";

    /// <summary>An edge has taken it up: bare magnet links start at once.</summary>
    public const string FileReady = "file.ready";

    /// <summary>An upload or import cannot be finished.</summary>
    public const string FileFailed = "file.failed";

    /// <summary>A takedown: its links have stopped working.</summary>
    public const string FileUnpublished = "file.unpublished";

    /// <summary>A takedown was undone.</summary>
    public const string FileRestored = "file.restored";

    /// <summary>Somebody downloads a file through its swarm in which nobody did for a while.</summary>
    public const string SwarmWoken = "swarm.woken";

    /// <summary>Nobody has downloaded the file through its swarm for 35 minutes.</summary>
    public const string SwarmAsleep = "swarm.asleep";

    /// <summary>A month is over and the ledger has closed its hours.</summary>
    public const string StatementReady = "statement.ready";

    /// <summary>Viewers of a file said what cannot be so.</summary>
    public const string AnomalyMarked = "anomaly.marked";

    /// <summary>Sent when somebody asks for it, whatever the webhook wants.</summary>
    public const string Test = "webhook.test";

    /// <summary>Those that a webhook can ask for.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        FilePublished,
        FileReady,
        FileFailed,
        FileUnpublished,
        FileRestored,
        SwarmWoken,
        SwarmAsleep,
        StatementReady,
        AnomalyMarked,
    ];
}
