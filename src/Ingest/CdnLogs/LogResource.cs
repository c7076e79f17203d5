using System.Text.Json.Serialization;
using Distribution.Contracts.Ledgers.Logs;

namespace Distribution.Ingest.CdnLogs;

/// <summary>An access log as the API shows it.</summary>
/// <param name="Name">Of the file in which it was seen last.</param>
/// <param name="Lines">Of them:</param>
/// <param name="Counted">Requests of files of this server.</param>
/// <param name="Unknown">Other requests.</param>
/// <param name="Malformed">Lines that cannot be read.</param>
/// <param name="CdnBytes">What the counted lines add up to.</param>
/// <param name="Problem">What is wrong with the first malformed line; null: none is.</param>
internal sealed record LogResource(
    string Name,
    long Lines,
    long Counted,
    long Unknown,
    long Malformed,
    long CdnBytes,
    DateTime ReadAt,
    string? Problem
)
{
    public static LogResource Of(LogState log) =>
        new(
            log.Name,
            log.Lines,
            log.Counted,
            log.Unknown,
            log.Malformed,
            log.CdnBytes,
            log.BookedAt.UtcDateTime,
            log.Problem.Length > 0 ? log.Problem : null
        );
}

/// <summary>Newest first.</summary>
internal sealed record LogList(IReadOnlyList<LogResource> Logs);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(LogImport))]
[JsonSerializable(typeof(LogList))]
internal sealed partial class LogJson : JsonSerializerContext;
