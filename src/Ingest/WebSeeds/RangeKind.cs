namespace Distribution.Ingest.WebSeeds;

/// <summary>What a Range header asks for.</summary>
internal enum RangeKind
{
    /// <summary>The whole content: no header, or one that is malformed, of another unit, or asks for too many ranges.</summary>
    Whole,

    /// <summary>One range or several.</summary>
    Parts,

    /// <summary>Well-formed ranges that all lie past the end.</summary>
    Unsatisfiable,
}
