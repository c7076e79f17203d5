using System.Text.Json.Serialization;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>What an entry of the ledger added to a month that had been closed.</summary>
public sealed record MonthCorrectionResource : ReportBytesResource
{
    private MonthCorrectionResource(MonthCorrection correction)
        : base(correction.Bytes)
    {
        Entry = correction.Sequence;
        At = correction.At.UtcDateTime;
        Hour = correction.HourStart.UtcDateTime;
        FileId = correction.FileId;
    }

    /// <summary>Its number in the ledger's chain.</summary>
    [JsonPropertyOrder(-4)]
    public long Entry { get; }

    /// <summary>When it was appended.</summary>
    [JsonPropertyOrder(-3)]
    public DateTime At { get; }

    /// <summary>The hour that it is of.</summary>
    [JsonPropertyOrder(-2)]
    public DateTime Hour { get; }

    [JsonPropertyOrder(-1)]
    public string FileId { get; }

    public static MonthCorrectionResource Of(MonthCorrection correction) => new(correction);
}
