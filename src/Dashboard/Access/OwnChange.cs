namespace Distribution.Dashboard.Access;

/// <summary>What became of a change of one's own account.</summary>
internal enum OwnChange
{
    Done,

    /// <summary>The account has no such thing, or is gone itself.</summary>
    Unknown,

    /// <summary>It is not what the change was wanted of.</summary>
    NotAsRead,

    /// <summary>The password of now is another.</summary>
    WrongPassword,

    /// <summary>Another account has the name or the passkey.</summary>
    Taken,

    /// <summary>What is wanted cannot be.</summary>
    Invalid,
}
