using System.CommandLine;
using System.Net;
using Distribution.EdgeSeeder;
using Distribution.EdgeSeeder.Seeding;
using Distribution.Standalone.Client;
using Distribution.Standalone.CommandLine;
using Distribution.Standalone.Seeding;
using Distribution.Standalone.Serving;

namespace Distribution.Standalone.Commands;

/// <summary><c>distribution edge</c>: an edge seeder alone, enrolled at a server.</summary>
internal static class EdgeCommand
{
    private const string TokenVariable = "DISTRIBUTION_EDGE_TOKEN";

    private static readonly Option<string?> Server = new("--server")
    {
        Description = $"The server to enrol at (DISTRIBUTION_SERVER); default {ClientOptions.DefaultServer}",
        HelpName = "URL",
    };

    private static readonly Option<string?> Enrol = new("--enrol")
    {
        Description =
            "Enrol with a token of `distribution edge-token`, at the first start (DISTRIBUTION_EDGE_TOKEN); "
            + "the node's own key is then kept in the data folder",
        HelpName = "TOKEN",
    };

    private static readonly Option<string?> EdgeKey = new("--edge-key")
    {
        Description =
            "The shared edge key of an earlier release (DISTRIBUTION_EDGE_KEY), which the next one takes no more; "
            + "default: the key in the data folder",
        HelpName = "KEY",
    };

    private static readonly Option<string?> Region = new("--region")
    {
        Description = "Where it stands, such as a country's two letters: DE (DISTRIBUTION_EDGE_REGION)",
        HelpName = "REGION",
    };

    private static readonly Option<string?> Port = new("--port")
    {
        Description = "BitTorrent port (DISTRIBUTION_EDGE_PORT); default 6881",
        HelpName = "PORT",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Cache and counters, in its folder edge (DISTRIBUTION_DATA); default ./data",
        HelpName = "DIR",
    };

    private static readonly Option<string?> PublicEndpoint = new("--public-endpoint")
    {
        Description =
            "Where viewers reach it, address:port, several parted by \",\" (DISTRIBUTION_PUBLIC_ENDPOINT); "
            + "default: where its heartbeats come from",
        HelpName = "ENDPOINT",
    };

    private static readonly Option<string?> CacheSize = new("--cache-size")
    {
        Description = "Of the disk, such as 50GB (DISTRIBUTION_CACHE_SIZE); default 10GiB",
        HelpName = "SIZE",
    };

    private static readonly Option<string?> UploadLimit = new("--upload-limit")
    {
        Description = "To all viewers, per second, such as 12MB (DISTRIBUTION_UPLOAD_LIMIT); default none",
        HelpName = "SIZE",
    };

    private static readonly Option<bool> Utp = new("--utp")
    {
        Description = "Viewers may reach it by uTP too, on the same port, UDP (DISTRIBUTION_EDGE_UTP=true)",
    };

    private static readonly Option<string?> Engine = new("--engine")
    {
        Description =
            $"What speaks BitTorrent (DISTRIBUTION_EDGE_ENGINE): {string.Join(", ", EdgeEngines.Names)}; default own",
        HelpName = "NAME",
    };

    public static Command Create()
    {
        var command = new Command("edge", "Run an edge seeder alone, enrolled at a server")
        {
            Server,
            Enrol,
            EdgeKey,
            Region,
            Port,
            Data,
            PublicEndpoint,
            CacheSize,
            UploadLimit,
            Utp,
            Engine,
        };
        command.SetAction(
            async (parsed, stop) =>
            {
                var errors = new List<string>();
                EdgeOptions? options = Read(parsed, errors);
                foreach (string error in errors)
                    Complaint.WrongUsage(error);
                if (options is null)
                    return ExitStatus.WrongUsage;
                if (Text(parsed, Enrol, TokenVariable) is { } token && NodeKeyFile.Read(options.DataFolder) is null)
                {
                    Answer<string> enrolled = await Enrolment.EnrolAsync(options, token, stop);
                    if (!enrolled.TryGet(out string? key, out Failure? failure))
                        return Complaint.Fail(failure.Message);
                    options = options with { EdgeKey = key };
                }
                return await EdgeHost.RunAsync(options, stop);
            }
        );
        return command;
    }

    private static string? Text(ParseResult parsed, Option<string?> option, string environment) =>
        parsed.GetValue(option)
        ?? (Environment.GetEnvironmentVariable(environment) is { Length: > 0 } set ? set : null);

    /// <summary>Null: the errors say everything that is wrong.</summary>
    private static EdgeOptions? Read(ParseResult parsed, List<string> errors)
    {
        string server = Text(Server, "DISTRIBUTION_SERVER") ?? ClientOptions.DefaultServer;
        if (!Uri.TryCreate(server, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
            errors.Add($"--server: \"{server}\" is no http or https address.");
        string data = Text(Data, "DISTRIBUTION_DATA") ?? DataFolder.DefaultPath;
        string folder = DataFolder.EdgePath(Path.GetFullPath(data));
        // Its own key, once it has one; with a token it will get one.
        string? key = NodeKeyFile.Read(folder) ?? Text(Enrol, TokenVariable) ?? Text(EdgeKey, "DISTRIBUTION_EDGE_KEY");
        if (key is null && !DataFolder.ReadKey(data, DataFolder.EdgeKeyName).TryGet(out key, out Failure? failure))
            errors.Add($"No edge key: {failure.Message} Give --enrol with a token of `distribution edge-token`.");
        string port = Text(Port, "DISTRIBUTION_EDGE_PORT") ?? "6881";
        if (!ushort.TryParse(port, out ushort portNumber) || portNumber == 0)
            errors.Add($"--port: \"{port}\" is no port from 1 to 65535.");
        string[] endpoints = (Text(PublicEndpoint, "DISTRIBUTION_PUBLIC_ENDPOINT") ?? "").Split(
            ',',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
        );
        foreach (string endpoint in endpoints)
        {
            if (!IPEndPoint.TryParse(endpoint, out IPEndPoint? parsedEndpoint) || parsedEndpoint.Port == 0)
                errors.Add($"--public-endpoint: \"{endpoint}\" is no address:port or [address]:port.");
        }
        string engine = Text(Engine, "DISTRIBUTION_EDGE_ENGINE") ?? EdgeEngines.Default;
        if (EdgeEngines.Problem(engine) is { } problem)
            errors.Add($"--engine: {problem}");
        long cacheBytes = Size(CacheSize, "DISTRIBUTION_CACHE_SIZE", 10L << 30);
        long uploadLimit = Size(UploadLimit, "DISTRIBUTION_UPLOAD_LIMIT", 0);
        return errors.Count > 0
            ? null
            : new EdgeOptions
            {
                ServerUrl = server,
                EdgeKey = key!,
                DataFolder = folder,
                Region = Text(Region, "DISTRIBUTION_EDGE_REGION") ?? "",
                Port = portNumber,
                PublicEndpoints = endpoints,
                CacheLimitBytes = cacheBytes,
                UploadLimitBytesPerSecond = uploadLimit,
                Engine = engine,
                Seeding = new SeedingLimits
                {
                    AcceptUtp =
                        parsed.GetValue(Utp) || Environment.GetEnvironmentVariable("DISTRIBUTION_EDGE_UTP") == "true",
                },
            };

        string? Text(Option<string?> option, string environment) => EdgeCommand.Text(parsed, option, environment);

        long Size(Option<string?> option, string environment, long otherwise)
        {
            if (Text(option, environment) is not { } text)
                return otherwise;
            if (!ByteSize.TryParse(text, out long bytes))
                errors.Add($"{option.Name}: \"{text}\" is no size, such as 50GB or 512MiB.");
            return bytes;
        }
    }
}
