namespace Distribution.Dashboard.Webhooks;

/// <summary>How webhooks are sent.</summary>
public sealed class WebhookOptions
{
    /// <summary>Whether they may go to private, loopback and link-local addresses. Default: false.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>Within which a receiver must have answered. Default: 10 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after each failed attempt the next follows; after the last of them none does. Default: over a day in all.</summary>
    public IReadOnlyList<TimeSpan> RetryAfter { get; set; } =
    [
        TimeSpan.FromSeconds(10),
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(6),
        TimeSpan.FromHours(16),
    ];

    /// <summary>A webhook of which every attempt has failed for so long is disabled. Default: 3 days.</summary>
    public TimeSpan DisableAfter { get; set; } = TimeSpan.FromDays(3);

    /// <summary>How often it is looked whether something is due. Default: 1 second.</summary>
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Attempts at a time, at one server. Default: 32.</summary>
    public int MaxRunning { get; set; } = 32;

    /// <summary>Of them to one webhook. Default: 4.</summary>
    public int MaxRunningOfOne { get; set; } = 4;

    /// <summary>How many a publisher may have. Default: 20.</summary>
    public int MaxOfPublisher { get; set; } = 20;

    /// <summary>Everything that is wrong, for people.</summary>
    public IEnumerable<string> Problems()
    {
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromMinutes(1))
            yield return $"{nameof(Timeout)} is {Timeout}, not more than 0 and at most a minute.";
        if (RetryAfter.Any(after => after <= TimeSpan.Zero))
            yield return $"{nameof(RetryAfter)} has a time that is not more than 0.";
        if (LookEvery <= TimeSpan.Zero)
            yield return $"{nameof(LookEvery)} is {LookEvery}, not more than 0.";
        if (MaxRunning < 1 || MaxRunningOfOne < 1 || MaxOfPublisher < 1)
            yield return $"{nameof(MaxRunning)}, {nameof(MaxRunningOfOne)} and {nameof(MaxOfPublisher)} are at least 1.";
    }
}
