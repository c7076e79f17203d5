using Distribution.Dashboard.Files;

namespace Distribution.Dashboard.Reports;

/// <summary>What a report is made from.</summary>
internal sealed record ReportSources(
    PublisherFiles Files,
    PublisherReports Reports,
    DashboardOptions Options,
    TimeProvider Time
);
