namespace Distribution.EdgeSeeder.Cache;

/// <summary>What is known of a piece on the disk.</summary>
internal sealed record StoredPiece(long Bytes)
{
    /// <summary>When it began to be used; set anew when it loses its protection.</summary>
    public long FirstUsedTicks { get; set; }

    public long LastUsedTicks { get; set; }
}
