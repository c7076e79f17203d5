using System.Text.Json;

namespace Distribution.Standalone.Client;

/// <summary>The savings report, as <c>GET /api/v1/report</c> tells it. Definitions: docs/accounting.md.</summary>
internal sealed record ReportAnswer : ReportFigures
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset To { get; init; }
    public string Currency { get; init; } = "";
    public int Viewers { get; init; }
    public int DownloadOnlyViewers { get; init; }
    public CostFigures Cost { get; init; } = new();
    public IReadOnlyList<BucketFigures> Buckets { get; init; } = [];
    public StatementFigures? Statement { get; init; }

    /// <summary>Under the contract that was asked for; null: none was.</summary>
    public StatementFigures? WhatIf { get; init; }

    /// <summary>Of the range that was asked for beside this one; null: none was.</summary>
    public PartFigures? Compared { get; init; }

    /// <summary>Hours before it are closed; null: none is.</summary>
    public DateTimeOffset? WholeUntil { get; init; }

    public IReadOnlyList<NetworkFigures> Regions { get; init; } = [];
    public IReadOnlyList<NetworkFigures> Systems { get; init; } = [];

    /// <summary>Null: nothing is known of it.</summary>
    public Between<double>? CrossSystem { get; init; }

    public UploadFigures Uploads { get; init; } = new();

    /// <summary>Null: nobody was kept from peers.</summary>
    public HoldoutFigures? Holdout { get; init; }

    public static Answer<ReportAnswer> Read(JsonElement json)
    {
        try
        {
            return json.Deserialize<ReportAnswer>(Options) is { } report ? report : Unreadable();
        }
        catch (JsonException)
        {
            return Unreadable();
        }
    }

    private static Answer<ReportAnswer> Unreadable() =>
        new Failure("The server's report cannot be read: is it another version?");

    internal sealed record PartFigures : ReportFigures
    {
        public required DateTimeOffset From { get; init; }
        public required DateTimeOffset To { get; init; }
        public int Viewers { get; init; }
        public CostFigures Cost { get; init; } = new();
    }

    internal sealed record BucketFigures : ReportFigures
    {
        public required DateTimeOffset Start { get; init; }
    }

    /// <summary>Neither region nor system: not known.</summary>
    internal sealed record NetworkFigures : ReportFigures
    {
        public string? Region { get; init; }
        public long? System { get; init; }
    }

    internal sealed record UploadFigures
    {
        public double? Ratio { get; init; }
        public IReadOnlyList<Bin> Viewers { get; init; } = [];

        internal sealed record Bin(long FromBytes, long ToBytes, long Viewers);
    }

    internal sealed record HoldoutFigures
    {
        public Group WithPeers { get; init; } = new(0, 0, 0, null, null);
        public Group ServersOnly { get; init; } = new(0, 0, 0, null, null);
        public string? Note { get; init; }

        internal sealed record Group(
            int Viewers,
            int Completed,
            int Unfinished,
            double? StartUpSeconds,
            double? CompletionSeconds
        );
    }

    internal sealed record StatementFigures
    {
        public string ContractName { get; init; } = "";
        public string Currency { get; init; } = "";
        public CostFigures Cost { get; init; } = new();
        public long UnpricedBytes { get; init; }
        public bool IsApproximate { get; init; }
    }

    internal sealed record CostFigures
    {
        public decimal CdnOnly { get; init; }
        public decimal Actual { get; init; }
        public Between<decimal> Saved { get; init; } = new(0, 0);
        public decimal ViewersBore { get; init; }
    }
}
