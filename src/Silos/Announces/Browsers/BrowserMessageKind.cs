namespace Distribution.Silos.Announces.Browsers;

/// <summary>What came over a socket.</summary>
internal enum BrowserMessageKind
{
    Text,
    Binary,
    TooLong,

    /// <summary>Nothing more comes: closed, broken, or silent for too long.</summary>
    End,
}
