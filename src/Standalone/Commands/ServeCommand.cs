using System.CommandLine;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Serving;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution serve</c>: everything in this process.</summary>
internal static class ServeCommand
{
    private const int MinPoolThreads = 4;

    public static Command Create()
    {
        var command = new Command(
            "serve",
            "Run everything here; prints the portal's address and a one-time sign-in link"
        );
        var options = new Dictionary<ServeSetting, Func<ParseResult, string?>>();
        foreach (ServeSetting setting in ServeSetting.All)
            options[setting] = Add(command, setting);
        command.SetAction(
            async (parsed, stop) =>
            {
                var given = new Dictionary<ServeSetting, string>();
                foreach ((ServeSetting setting, Func<ParseResult, string?> read) in options)
                {
                    if (read(parsed) is { } value)
                        given[setting] = value;
                }
                return await RunAsync(given, stop);
            }
        );
        return command;
    }

    /// <summary>Adds a setting's option; the answer reads its value, or null where it was not given.</summary>
    private static Func<ParseResult, string?> Add(Command command, ServeSetting setting)
    {
        string description = $"{setting.Help} ({setting.EnvironmentVariable})";
        if (setting.Repeats)
        {
            var several = new Option<string[]>(setting.Option)
            {
                Description = description,
                HelpName = setting.HelpName,
            };
            command.Options.Add(several);
            return parsed => parsed.GetValue(several) is { Length: > 0 } values ? string.Join(';', values) : null;
        }
        var option = new Option<string?>(setting.Option) { Description = description, HelpName = setting.HelpName };
        command.Options.Add(option);
        return parsed => parsed.GetValue(option);
    }

    private static async Task<int> RunAsync(IReadOnlyDictionary<ServeSetting, string> given, CancellationToken stop)
    {
        // On one core the pool has one thread: one that waits for the disk would hold up everything else, half a second at a time.
        ThreadPool.GetMinThreads(out int workers, out int completions);
        ThreadPool.SetMinThreads(Math.Max(workers, MinPoolThreads), completions);
        IConfigurationRoot configuration;
        try
        {
            configuration = ServeConfiguration.Build(given);
        }
        catch (InvalidDataException fault)
        {
            return Complaint.WrongUsage($"{fault.Message} {fault.InnerException?.Message}");
        }
        ServeOptions options = ServeSettings.Read(configuration, out IReadOnlyList<string> errors);
        foreach (string error in errors)
            Complaint.WrongUsage(error);
        if (errors.Count > 0)
            return ExitStatus.WrongUsage;

        Answer<DataFolderLock> taken = DataFolderLock.Take(options.DataFolder);
        if (!taken.TryGet(out DataFolderLock? held, out Failure? failure))
            return Complaint.Fail(failure.Message);
        using (held)
        {
            IReadOnlyList<string> ports = await PortProbe.FindTakenAsync(options, stop);
            if (ports.Count > 0)
                return Complaint.Fail(string.Join(' ', ports));
            return await ServeHost.RunAsync(options, configuration, stop);
        }
    }
}
