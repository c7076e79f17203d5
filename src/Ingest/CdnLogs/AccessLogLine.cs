using System.Net;

namespace Distribution.Ingest.CdnLogs;

/// <summary>One request of an access log that sent a part of one of our files.</summary>
/// <param name="UnixSeconds">When, as the log tells.</param>
/// <param name="Address">The receiver's; null: the log does not tell.</param>
/// <param name="BodyBytes">As much as the log tells of the body: see each format.</param>
internal readonly record struct AccessLogLine(long UnixSeconds, IPAddress? Address, string FileId, long BodyBytes);
