namespace Distribution.Ingest.CdnLogs;

/// <summary>What a line of an access log is.</summary>
internal enum LineVerdict
{
    /// <summary>It sent something of one of our files.</summary>
    Counted,

    /// <summary>Another file, method or answer, or nothing of a body.</summary>
    Unknown,

    /// <summary>It cannot be read.</summary>
    Malformed,

    /// <summary>Empty, or a directive such as #Fields.</summary>
    Directive,
}
