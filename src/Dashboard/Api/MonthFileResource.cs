using System.Text.Json.Serialization;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>One file's part of a month.</summary>
public sealed record MonthFileResource : ReportBytesResource
{
    private MonthFileResource(MonthFile file)
        : base(file.Bytes)
    {
        FileId = file.FileId;
    }

    [JsonPropertyOrder(-1)]
    public string FileId { get; }

    public static MonthFileResource Of(MonthFile file) => new(file);
}
