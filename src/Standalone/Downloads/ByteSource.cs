namespace Distribution.Standalone.Downloads;

/// <summary>Who gave a byte.</summary>
internal enum ByteSource
{
    WebSeed,

    /// <summary>A peer whose id says that it is one of our edge seeders (<c>-DN…-</c>).</summary>
    Edge,

    Peer,
}
