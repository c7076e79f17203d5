namespace Distribution.Standalone.CommandLine;

/// <summary>What the program answers to its caller.</summary>
internal static class ExitStatus
{
    public const int Done = 0;

    /// <summary>One clear line stands on standard error.</summary>
    public const int Failed = 1;

    public const int WrongUsage = 2;
}
