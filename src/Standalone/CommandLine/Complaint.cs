namespace Distribution.Standalone.CommandLine;

/// <summary>Lines on standard error: the one that goes with a failure, and notes.</summary>
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

    /// <summary>Writes the line; the command goes on.</summary>
    public static void Note(string message) => Write(message);

    private static void Write(string message) =>
        Console.Error.WriteLine("distribution: " + string.Join(' ', message.Split('\r', '\n')).Trim());
}
