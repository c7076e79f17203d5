namespace Distribution.Access.Tests.Isolation;

/// <summary>Who may use an endpoint.</summary>
public enum Access
{
    /// <summary>Everybody, and it shows nothing that is a publisher's alone.</summary>
    Public,

    /// <summary>Whoever signed in with a browser, for what is their own.</summary>
    Account,
    Read,
    Upload,
    Manage,
    Administer,
    Operate,
    Edge,
}
