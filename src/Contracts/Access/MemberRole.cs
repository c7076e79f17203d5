namespace Distribution.Contracts.Access;

/// <summary>What a member of a publisher may do. Each includes what the ones before it may. Names are the API's, in lower case.</summary>
public enum MemberRole
{
    /// <summary>Sees files, swarms and reports.</summary>
    Analyst,

    /// <summary>Also uploads, changes and takes down files.</summary>
    Editor,

    /// <summary>Also decides who else is a member, makes API keys and reads the audit log.</summary>
    Owner,
}
