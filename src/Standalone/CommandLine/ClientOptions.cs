using System.CommandLine;
using Distribution.Standalone.Client;
using Distribution.Standalone.Serving;

namespace Distribution.Standalone.CommandLine;

/// <summary>The options that every command has which talks to a server.</summary>
internal sealed class ClientOptions
{
    public const string DefaultServer = "http://127.0.0.1:8080";

    private readonly Option<string?> _server = new("--server")
    {
        Description = $"The server's address (environment DISTRIBUTION_SERVER; default {DefaultServer})",
        HelpName = "URL",
    };

    private readonly Option<string?> _apiKey = new("--api-key")
    {
        Description = "The API key (environment DISTRIBUTION_API_KEY; default: the key in the data folder)",
        HelpName = "KEY",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "The data folder of `serve` on this machine (environment DISTRIBUTION_DATA; default ./data)",
        HelpName = "DIR",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Write one JSON document to standard output, and nothing else there",
    };

    public ClientOptions(Command command)
    {
        command.Options.Add(_server);
        command.Options.Add(_apiKey);
        command.Options.Add(_data);
        command.Options.Add(_json);
    }

    public bool WantsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>A client for the server that was named, or why there can be none.</summary>
    public Answer<ServerClient> Connect(ParseResult parsed)
    {
        string server = parsed.GetValue(_server) ?? EnvironmentText("DISTRIBUTION_SERVER") ?? DefaultServer;
        if (!Uri.TryCreate(server, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
            return new Failure($"--server: \"{server}\" is no http or https address.");

        string? key = parsed.GetValue(_apiKey) ?? EnvironmentText("DISTRIBUTION_API_KEY");
        if (key is null)
        {
            string data = parsed.GetValue(_data) ?? EnvironmentText("DISTRIBUTION_DATA") ?? DataFolder.DefaultPath;
            Answer<string> stored = DataFolder.ReadKey(data, DataFolder.ApiKeyName);
            if (!stored.TryGet(out key, out Failure? failure))
                return new Failure($"No API key: {failure.Message} Give --api-key, or --data with the data folder.");
        }
        if (key.Any(letter => letter is < '!' or > '~'))
            return new Failure("The API key holds characters that no key has.");
        return new ServerClient(url, key);
    }

    private static string? EnvironmentText(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
