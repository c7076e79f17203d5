using System.Text.Json.Serialization;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>A month's account. Once it is closed its bytes stay; what came later is in <see cref="Corrections"/>.</summary>
public sealed record MonthResource : ReportBytesResource
{
    private MonthResource(ReportBytes bytes)
        : base(bytes) { }

    /// <summary>Such as "2026-11".</summary>
    [JsonPropertyOrder(-5)]
    public required string Month { get; init; }

    /// <summary>False: it still grows.</summary>
    [JsonPropertyOrder(-4)]
    public required bool IsClosed { get; init; }

    /// <summary>From then on it is closed.</summary>
    [JsonPropertyOrder(-3)]
    public required DateTime ClosesAt { get; init; }

    /// <summary>The bills under the publisher's own contract, as it is today.</summary>
    [JsonPropertyOrder(1)]
    public required StatementResource Statement { get; init; }

    /// <summary>Of each file with any bytes, the most delivered first.</summary>
    [JsonPropertyOrder(2)]
    public required IReadOnlyList<MonthFileResource> Files { get; init; }

    /// <summary>Entries of the ledger that came after the close, oldest first; in no figure above.</summary>
    [JsonPropertyOrder(3)]
    public required IReadOnlyList<MonthCorrectionResource> Corrections { get; init; }

    public static MonthResource Of(MonthStatement month) =>
        new(month.Bytes)
        {
            Month = month.From.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture),
            IsClosed = month.IsClosed,
            ClosesAt = month.ClosesAt.UtcDateTime,
            Statement = StatementResource.Of(month.Statement),
            Files = [.. month.Files.Select(MonthFileResource.Of)],
            Corrections = [.. month.Corrections.Select(MonthCorrectionResource.Of)],
        };
}
