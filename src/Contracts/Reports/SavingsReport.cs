using Distribution.Contracts.Costs;

namespace Distribution.Contracts.Reports;

/// <summary>The savings report. <paramref name="Buckets"/> add up to <paramref name="Bytes"/>.</summary>
/// <param name="Viewers">Distinct viewers that got anything: peers by peer id, others by address.</param>
/// <param name="DownloadOnlyViewers">Of them, those that say they uploaded nothing.</param>
/// <param name="Statement">The bills under the publisher's own contract.</param>
/// <param name="Other">Under the contract that was asked for; null: none was.</param>
[GenerateSerializer, Immutable]
public sealed record SavingsReport(
    DateTimeOffset From,
    DateTimeOffset To,
    ReportBytes Bytes,
    int Viewers,
    int DownloadOnlyViewers,
    CostStatement Statement,
    IReadOnlyList<ReportBucket> Buckets,
    CostStatement? Other = null
)
{
    /// <summary>ISO 4217, of <see cref="Statement"/>.</summary>
    public string Currency => Statement.Currency;

    /// <summary>The bills in short.</summary>
    public ReportCost Cost => ReportCost.Of(Statement);

    /// <summary>Marks on what viewers announced, by kind; those that nobody has are left out.</summary>
    [Id(100)]
    public IReadOnlyList<ReportAnomaly> Anomalies { get; init; } = [];

    /// <summary>Hours before it are closed; later ones still grow. Null: none is closed yet.</summary>
    [Id(101)]
    public DateTimeOffset? WholeUntil { get; init; }

    /// <summary>By country, the most delivered first, the unknown last. They add up to the report's figures.</summary>
    [Id(102)]
    public IReadOnlyList<ReportNetwork> Regions { get; init; } = [];

    /// <summary>By autonomous system, likewise.</summary>
    [Id(103)]
    public IReadOnlyList<ReportNetwork> Systems { get; init; } = [];

    /// <summary>The share of what peers gave that crossed from one autonomous system into another; null: nothing is known of it.</summary>
    [Id(104)]
    public ShareRange? CrossSystem { get; init; }

    /// <summary>Viewers that came in the range, by what they say they uploaded since; bins that nobody is in are left out.</summary>
    [Id(105)]
    public IReadOnlyList<UploadBin> Uploads { get; init; } = [];

    /// <summary>How viewers fared that were kept from peers; null: nobody was in the range.</summary>
    [Id(106)]
    public HoldoutComparison? Holdout { get; init; }
}
