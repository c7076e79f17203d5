namespace Distribution.Ingest.WebSeeds;

/// <summary>What a Range header asks for.</summary>
internal enum RangeKind
{
    /// <summary>The whole file: no header, one that is malformed or of another unit, or several ranges.</summary>
    Whole,

    /// <summary>One range.</summary>
    Part,

    /// <summary>A well-formed range that lies past the end.</summary>
    Unsatisfiable,
}
