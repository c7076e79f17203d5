namespace Distribution.Standalone.Serving;

/// <summary>Where the settings come from: appsettings.json, then the environment, then the command line; the latter win.</summary>
internal static class ServeConfiguration
{
    public const string Section = "Distribution";
    public const string FileName = "appsettings.json";

    /// <param name="commandLine">By setting; only those that were given.</param>
    /// <exception cref="InvalidDataException">An appsettings.json is no JSON.</exception>
    public static IConfigurationRoot Build(IReadOnlyDictionary<ServeSetting, string> commandLine)
    {
        var environment = new Dictionary<string, string?>();
        foreach (ServeSetting setting in ServeSetting.All)
        {
            if (Environment.GetEnvironmentVariable(setting.EnvironmentVariable) is { Length: > 0 } value)
                environment[Path(setting)] = value;
        }
        return new ConfigurationBuilder()
            .AddJsonFile(System.IO.Path.Combine(AppContext.BaseDirectory, FileName), optional: true)
            .AddJsonFile(System.IO.Path.Combine(Environment.CurrentDirectory, FileName), optional: true)
            .AddInMemoryCollection(environment)
            .AddInMemoryCollection(commandLine.ToDictionary(given => Path(given.Key), given => (string?)given.Value))
            .Build();
    }

    private static string Path(ServeSetting setting) => ConfigurationPath.Combine(Section, setting.Key);
}
