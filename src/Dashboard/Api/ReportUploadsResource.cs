using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>What viewers uploaded, all of it as their clients say; in no saving.</summary>
public sealed record ReportUploadsResource
{
    /// <summary>Always true: nobody but the viewers counts this.</summary>
    public bool AsReported { get; } = true;

    /// <summary>Uploaded for each byte delivered (high); null: nothing was delivered.</summary>
    public double? Ratio { get; private init; }

    /// <summary>Viewers that came on the days of the range and announced, by what they uploaded since; bins that nobody is in are left out.</summary>
    public IReadOnlyList<UploadBin> Viewers { get; private init; } = [];

    private ReportUploadsResource() { }

    public static ReportUploadsResource Of(SavingsReport report) =>
        new()
        {
            Ratio =
                report.Bytes.Delivered.High == 0
                    ? null
                    : (double)report.Bytes.ViewerUploadBytes / report.Bytes.Delivered.High,
            Viewers = report.Uploads,
        };
}
