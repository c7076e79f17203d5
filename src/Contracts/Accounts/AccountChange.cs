namespace Distribution.Contracts.Accounts;

/// <summary>What became of a change to accounts, members or keys.</summary>
public enum AccountChange
{
    Done,

    /// <summary>It was changed by somebody else since it was read.</summary>
    Conflict,

    /// <summary>Another account has the name, login or passkey.</summary>
    Taken,

    /// <summary>There is no such account, member, invitation or key.</summary>
    Unknown,

    /// <summary>The publisher would be left without an owner.</summary>
    LastOwner,
}
