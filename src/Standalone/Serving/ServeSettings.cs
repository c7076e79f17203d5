using System.Globalization;
using System.Net;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Files;
using Distribution.Contracts.Proxies;
using Distribution.Ingest.CdnLogs;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Uploads;
using Distribution.Silos.State;
using Distribution.Silos.Swarms.Selection;
using Distribution.Standalone.CommandLine;

namespace Distribution.Standalone.Serving;

/// <summary>Reads <see cref="ServeOptions"/> from configuration and gathers everything that is wrong with it.</summary>
internal sealed partial class ServeSettings
{
    private readonly IConfigurationSection _section;
    private readonly List<string> _errors = [];

    private ServeSettings(IConfigurationSection section) => _section = section;

    /// <summary>The options; they may be used only where <paramref name="errors"/> is empty.</summary>
    public static ServeOptions Read(IConfiguration configuration, out IReadOnlyList<string> errors)
    {
        var settings = new ServeSettings(configuration.GetSection(ServeConfiguration.Section));
        settings.RefuseUnknownKeys();
        ServeOptions options = settings.Read();
        errors = settings._errors;
        return options;
    }

    private ServeOptions Read()
    {
        var defaults = new ServeOptions();
        string data = Text(ServeSetting.Data) ?? defaults.DataFolder;
        IReadOnlyList<Uri> urls = Urls() ?? defaults.Urls;
        int trackerUdp = Port(ServeSetting.TrackerUdp, defaults.TrackerUdpPort);
        int edge = Port(ServeSetting.EdgePort, defaults.EdgePort);
        if (edge > 0 && urls.Any(url => url.Port == edge))
            Wrong(ServeSetting.EdgePort, $"port {edge} is taken by --urls");
        ContentLocation? blobs = Blobs();
        string? database = Database(hasBlobs: blobs is not null);
        ContractCatalogue contracts = Contracts(Path.GetFullPath(data));
        return new ServeOptions
        {
            DataFolder = Path.GetFullPath(data),
            Urls = urls,
            PublicBaseUrl = PublicBaseUrl(urls[0]),
            TrustedProxies = Proxies() ?? defaults.TrustedProxies,
            TrackerUdpPort = trackerUdp,
            TrackerLimits = TrackerLimits(),
            TrackerPeers = TrackerPeers(),
            EdgePort = edge,
            EdgeUtp = Flag(ServeSetting.EdgeUtp),
            EdgeEndpoints = EdgeEndpoints(),
            Blobs = blobs ?? ContentLocation.InFolder(Serving.DataFolder.ContentPath(Path.GetFullPath(data))),
            BlobsContainer = Text(ServeSetting.BlobsContainer) ?? defaults.BlobsContainer,
            BlobsPublicUrl = BlobsPublicUrl(blobs),
            CdnLogs = CdnLogs(blobs),
            TorrentFormat = Format() ?? defaults.TorrentFormat,
            MaxUploadBytes = Size(ServeSetting.MaxUpload, 1, 1L << 42, defaults.MaxUploadBytes),
            QuotaBytes = Size(ServeSetting.Quota, 0, long.MaxValue, defaults.QuotaBytes),
            MaxOpenUploads = Count(ServeSetting.MaxOpenUploads, defaults.MaxOpenUploads),
            ImportFrom = Folders(ServeSetting.ImportFrom),
            ImportPrivate = Flag(ServeSetting.ImportPrivate),
            OrleansDashboard = Flag(ServeSetting.OrleansDashboard),
            MinFreeBytes = Size(ServeSetting.MinFree, 0, long.MaxValue, defaults.MinFreeBytes),
            Database = database,
            SiloAddress = SiloAddress() ?? defaults.SiloAddress,
            SiloPort = Port(ServeSetting.SiloPort, defaults.SiloPort),
            GatewayPort = Port(ServeSetting.GatewayPort, defaults.GatewayPort),
            Selection = new SelectionOptions
            {
                Policies = PeerPolicies() ?? defaults.Selection.Policies,
                OutsidersPercent = Outsiders(defaults.Selection.OutsidersPercent),
                GeoDatabases = GeoDatabases(),
            },
            Prices = new PriceSettings(_section, _errors, contracts).Read(),
            Contracts = contracts,
            Portal = new PortalSettings(_section, _errors).Read(Flag(ServeSetting.WebhooksPrivate)),
            OpenId = new OpenIdSettings(_section, _errors).Read(),
        };
    }

    private void RefuseUnknownKeys()
    {
        foreach (IConfigurationSection child in _section.GetChildren())
        {
            if (!ServeSetting.All.Any(known => string.Equals(known.Key, child.Key, StringComparison.OrdinalIgnoreCase)))
                _errors.Add(
                    $"{ServeConfiguration.FileName}: there is no setting \"{ServeConfiguration.Section}:{child.Key}\"."
                );
            else if (child.Value is null)
                _errors.Add($"{ServeConfiguration.FileName}: \"{child.Path}\" is no single value.");
        }
    }

    private Uri[]? Urls()
    {
        if (Text(ServeSetting.Urls) is not { } text)
            return null;
        var urls = new List<Uri>();
        foreach (string part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // "*" and "+" are Kestrel's words for every address, and no host of a URI.
            string written = part.Replace("//*", "//[::]", StringComparison.Ordinal)
                .Replace("//+", "//[::]", StringComparison.Ordinal);
            if (!Uri.TryCreate(written, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
                Wrong(ServeSetting.Urls, $"\"{part}\" is no http or https address");
            else if (url.Port == 0)
                Wrong(ServeSetting.Urls, "port 0 cannot be named in links; choose a port");
            else if (url.AbsolutePath != "/")
                Wrong(ServeSetting.Urls, $"\"{part}\" has a path; it belongs to --public-host");
            else
                urls.Add(url);
        }
        if (urls.Count == 0 && _errors.Count == 0)
            Wrong(ServeSetting.Urls, "no address is given");
        return urls.Count > 0 ? [.. urls] : null;
    }

    private Uri PublicBaseUrl(Uri url)
    {
        if (Text(ServeSetting.PublicHost) is not { } host)
        {
            if (url.Host is "0.0.0.0" or "[::]")
                Wrong(
                    ServeSetting.PublicHost,
                    "it is needed where --urls listens on every address: links must name one that viewers reach"
                );
            return url;
        }
        bool whole = host.Contains("://", StringComparison.Ordinal);
        string text = whole ? host : $"{url.Scheme}://{host}";
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out Uri? named)
            || named.Scheme is not ("http" or "https")
            || named.Host.Length == 0
            || named.Host is "0.0.0.0" or "[::]"
            || named.Query.Length > 0
            || named.UserInfo.Length > 0
            || (!whole && named.AbsolutePath != "/")
        )
        {
            Wrong(
                ServeSetting.PublicHost,
                $"\"{host}\" is no host, host:port or http(s) address that viewers can reach"
            );
            return url;
        }
        bool portGiven = whole || host.LastIndexOf(':') > host.LastIndexOf(']');
        return portGiven ? named : new UriBuilder(named) { Port = url.Port }.Uri;
    }

    private TrustedProxies? Proxies()
    {
        string texts = Text(ServeSetting.TrustedProxy)?.Replace(';', ',') ?? "";
        if (!TrustedProxies.TryParse(Parts(texts), out TrustedProxies? proxies, out string? problem))
            Wrong(ServeSetting.TrustedProxy, problem);
        return proxies;
    }

    private IPEndPoint[] EdgeEndpoints()
    {
        var endpoints = new List<IPEndPoint>();
        foreach (string part in Parts(Text(ServeSetting.EdgeEndpoint) ?? ""))
        {
            if (IPEndPoint.TryParse(part, out IPEndPoint? endpoint) && endpoint.Port > 0)
                endpoints.Add(endpoint);
            else
                Wrong(ServeSetting.EdgeEndpoint, $"\"{part}\" is no address:port or [address]:port");
        }
        return [.. endpoints];
    }

    private ContentLocation? Blobs()
    {
        if (Text(ServeSetting.Blobs) is not { } text)
            return null;
        if (!ContentLocation.TryParse(text, out ContentLocation? location, out string? error))
        {
            Wrong(ServeSetting.Blobs, error);
            return null;
        }
        return location.Folder is { } folder ? ContentLocation.InFolder(Path.GetFullPath(folder)) : location;
    }

    private Uri? BlobsPublicUrl(ContentLocation? blobs)
    {
        if (Text(ServeSetting.BlobsPublicUrl) is not { } text)
            return null;
        if (blobs is not { Folder: null })
            Wrong(ServeSetting.BlobsPublicUrl, "it needs Azure Storage as --blobs");
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url))
            return url;
        Wrong(ServeSetting.BlobsPublicUrl, "it is no address");
        return null;
    }

    private List<LogSource> CdnLogs(ContentLocation? blobs)
    {
        var sources = new List<LogSource>();
        foreach (
            string text in (Text(ServeSetting.CdnLogs) ?? "").Split(
                ';',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            )
        )
        {
            if (!LogSource.TryParse(text, out LogSource? source, out string? error))
                Wrong(ServeSetting.CdnLogs, error);
            else if (source.Folder is null && blobs is not { Folder: null })
                Wrong(ServeSetting.CdnLogs, "a container needs Azure Storage as --blobs");
            else
                sources.Add(source);
        }
        return sources;
    }

    private string? Database(bool hasBlobs)
    {
        if (Text(ServeSetting.Db) is not { } text)
            return null;
        if (!PostgresAddress.IsValid(text, out string? problem))
            Wrong(ServeSetting.Db, problem);
        if (!hasBlobs && Text(ServeSetting.Blobs) is null)
            Wrong(
                ServeSetting.Blobs,
                "with --db it is needed: the same folder on shared storage, or the same container, for every server of the cluster"
            );
        return text;
    }

    private IPAddress? SiloAddress()
    {
        if (Text(ServeSetting.SiloAddress) is not { } text)
            return null;
        if (
            IPAddress.TryParse(text, out IPAddress? address)
            && !address.Equals(IPAddress.Any)
            && !address.Equals(IPAddress.IPv6Any)
        )
            return address;
        Wrong(ServeSetting.SiloAddress, $"\"{text}\" is no IP address by which others reach this machine");
        return null;
    }

    private TorrentFormat? Format()
    {
        if (Text(ServeSetting.TorrentFormat) is not { } text)
            return null;
        if (!TorrentFormats.TryParse(text, out TorrentFormat? format))
            Wrong(ServeSetting.TorrentFormat, $"\"{text}\" is not {TorrentFormats.Known}");
        return format;
    }

    private ContractCatalogue Contracts(string data)
    {
        ContractCatalogue catalogue = ContractCatalogue.Load(
            [ContractCatalogue.BuiltInFolder, Serving.DataFolder.ContractsPath(data)],
            out IReadOnlyList<string> errors
        );
        _errors.AddRange(errors);
        return catalogue;
    }

    private int Port(ServeSetting setting, int otherwise)
    {
        if (Text(setting) is not { } text)
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535)
            return port;
        Wrong(setting, $"\"{text}\" is no port from 0 to 65535");
        return otherwise;
    }

    private long Size(ServeSetting setting, long least, long most, long otherwise)
    {
        if (Text(setting) is not { } text)
            return otherwise;
        if (ByteSize.TryParse(text, out long bytes) && bytes >= least && bytes <= most)
            return bytes;
        Wrong(
            setting,
            $"\"{text}\" is no size {(most == long.MaxValue ? $"of at least {least}" : $"from {least} to {most}")} bytes, such as 50GB"
        );
        return otherwise;
    }

    private string[]? PeerPolicies()
    {
        if (Text(ServeSetting.PeerPolicies) is not { } text)
            return null;
        string[] names = text == "none" ? [] : Parts(text);
        foreach (string name in names.Except(SelectionOptions.KnownPolicies))
            Wrong(
                ServeSetting.PeerPolicies,
                $"\"{name}\" is not one of {string.Join(", ", SelectionOptions.KnownPolicies)} or none"
            );
        return names;
    }

    private int Outsiders(int otherwise)
    {
        if (Text(ServeSetting.Outsiders) is not { } text)
            return otherwise;
        if (
            int.TryParse(text.TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out int percent)
            && percent is >= 1 and <= 100
        )
            return percent;
        Wrong(ServeSetting.Outsiders, $"\"{text}\" is no share from 1 to 100 percent");
        return otherwise;
    }

    private string[] GeoDatabases()
    {
        string[] files = [.. Parts(Text(ServeSetting.GeoDatabase) ?? "").Select(Path.GetFullPath)];
        foreach (string file in files.Where(static file => !File.Exists(file)))
            Wrong(ServeSetting.GeoDatabase, $"there is no file {file}");
        return files;
    }

    private static string[] Parts(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private string[] Folders(ServeSetting setting)
    {
        string[] folders =
        [
            .. (Text(setting) ?? "")
                .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(Path.GetFullPath),
        ];
        foreach (string folder in folders.Where(folder => !Directory.Exists(folder)))
            Wrong(setting, $"there is no folder {folder}");
        return folders;
    }

    private bool Flag(ServeSetting setting)
    {
        if (Text(setting) is not { } text)
            return false;
        if (!bool.TryParse(text, out bool flag))
            Wrong(setting, $"\"{text}\" is neither true nor false");
        return flag;
    }

    private int Count(ServeSetting setting, int otherwise)
    {
        if (Text(setting) is not { } text)
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0)
            return count;
        Wrong(setting, $"\"{text}\" is no whole number from 1");
        return otherwise;
    }

    private string? Text(ServeSetting setting) => _section[setting.Key] is { Length: > 0 } text ? text.Trim() : null;

    private void Wrong(ServeSetting setting, string why) => _errors.Add($"{setting.Option}: {why}.");
}
