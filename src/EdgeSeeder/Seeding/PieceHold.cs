namespace Distribution.EdgeSeeder.Seeding;

/// <summary>Whether a piece can be sent from.</summary>
internal enum PieceHold
{
    Held,

    /// <summary>It is being fetched.</summary>
    Waiting,

    /// <summary>It cannot be had now.</summary>
    Unavailable,
}
