namespace Distribution.Contracts.Ledgers;

/// <summary>
/// What viewers' announces said that cannot be so, or hardly, and what edges found when they asked for what viewers show. They are marks for
/// whoever reads a report: of figures only the low bound depends on one, <see cref="AuditWrong"/>. Values are stored: never renumber.
/// </summary>
[Flags]
public enum AnnounceAnomalies
{
    None = 0,

    /// <summary><c>left</c> is more than the file, and none of the values that clients say before they have the metadata.</summary>
    LeftAboveSize = 1,

    /// <summary>
    /// <c>left</c> rose by more than 1 MiB and a sixteenth of the file, without a new start: a check that found damage, or made up.
    /// </summary>
    LeftGrew = 2,

    /// <summary><c>completed</c>, of a viewer that nobody has seen with anything left.</summary>
    CompletedUnseen = 4,

    /// <summary><c>uploaded</c> fell by more than 1 MiB and a sixteenth, without a new start.</summary>
    UploadShrank = 8,

    /// <summary><c>uploaded</c> grew faster than a line of 10 Gbit/s allows.</summary>
    UploadAboveLine = 16,

    /// <summary>More than 1 MiB <c>uploaded</c>, by who has the whole file left and has downloaded nothing.</summary>
    UploadWithoutData = 32,

    /// <summary>Asked by an edge for a block of a piece that it shows, it sent other bytes. What edges saw of it does not count any more.</summary>
    AuditWrong = 64,

    /// <summary>Asked likewise, it has never sent a block; honest clients may. What edges saw of it counts, unaudited.</summary>
    AuditUnanswered = 128,

    /// <summary>Each of them.</summary>
    All =
        LeftAboveSize
        | LeftGrew
        | CompletedUnseen
        | UploadShrank
        | UploadAboveLine
        | UploadWithoutData
        | AuditWrong
        | AuditUnanswered,
}
