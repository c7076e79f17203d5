namespace Distribution.Silos.Announces.Plain;

/// <summary>What the first bytes of a request are.</summary>
internal enum PlainRequestKind
{
    /// <summary>It may become one of ours.</summary>
    Incomplete,
    Announce,
    Scrape,

    /// <summary>The framework's: another path or method, or anything unusual about it.</summary>
    Other,
}
