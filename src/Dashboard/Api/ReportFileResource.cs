using System.Text.Json.Serialization;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>One file's part of a range.</summary>
public sealed record ReportFileResource : ReportBytesResource
{
    private ReportFileResource(ReportFile file, string? title)
        : base(file.Bytes)
    {
        FileId = file.FileId;
        Title = title;
    }

    [JsonPropertyOrder(-2)]
    public string FileId { get; }

    /// <summary>Null: nobody knows the file any more.</summary>
    [JsonPropertyOrder(-1)]
    public string? Title { get; }

    public static ReportFileResource Of(ReportFile file, string? title) => new(file, title);
}
