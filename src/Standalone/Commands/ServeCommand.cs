using System.CommandLine;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Serving;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution serve</c>: everything in this process.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command(
            "serve",
            "Run everything here; prints the portal's address and a one-time sign-in link"
        );
        var options = new Dictionary<ServeSetting, Option<string[]>>();
        foreach (ServeSetting setting in ServeSetting.All)
        {
            var option = new Option<string[]>(setting.Option)
            {
                Description = $"{setting.Help} ({setting.EnvironmentVariable})",
                HelpName = setting.HelpName,
                Arity = setting.Repeats ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne,
            };
            options[setting] = option;
            command.Options.Add(option);
        }
        command.SetAction(
            async (parsed, stop) =>
            {
                var given = new Dictionary<ServeSetting, string>();
                foreach ((ServeSetting setting, Option<string[]> option) in options)
                {
                    if (parsed.GetValue(option) is { Length: > 0 } values)
                        given[setting] = string.Join(';', values);
                }
                return await RunAsync(given, stop);
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(IReadOnlyDictionary<ServeSetting, string> given, CancellationToken stop)
    {
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
