namespace Distribution.EdgeSeeder.Seeding.Audits;

/// <summary>How asking a peer for a block that it shows to have has ended.</summary>
internal enum AuditOutcome
{
    /// <summary>It sent the right bytes.</summary>
    Confirmed,

    /// <summary>It did not let us ask, refused, or said nothing: an honest client may.</summary>
    Unanswered,

    /// <summary>It sent other bytes: it lies, or its file is damaged.</summary>
    Wrong,
}
