namespace Distribution.Standalone.CommandLine;

/// <summary>The one line on standard error that goes with a failure.</summary>
internal static class Complaint
{
    /// <summary>Writes the line; answers <see cref="ExitStatus.Failed"/>.</summary>
    public static int Fail(string message)
    {
        Write(message);
        return ExitStatus.Failed;
    }

    /// <summary>Writes the line; answers <see cref="ExitStatus.WrongUsage"/>.</summary>
    public static int WrongUsage(string message)
    {
        Write(message);
        return ExitStatus.WrongUsage;
    }

    private static void Write(string message) =>
        Console.Error.WriteLine("distribution: " + string.Join(' ', message.Split('\r', '\n')).Trim());
}
