namespace Distribution.Contracts.Files;

/// <summary>Publishers known without an account system.</summary>
public static class Publishers
{
    /// <summary>Who owns what is uploaded to a server of one publisher.</summary>
    public const string Default = "default";
}
