using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Clients;

/// <summary>Clients from npm.</summary>
internal static class NodeClients
{
    /// <summary>Of uploads.</summary>
    private static readonly NodePackages Uploads = new("Clients");

    /// <summary>Of browsers' swarms: webtorrent and bittorrent-tracker.</summary>
    public static NodePackages WebTorrent { get; } = new("WebTorrent");

    /// <summary>Starts one of the small programs that drive clients of uploads.</summary>
    public static Task<RunningProgram> StartAsync(string script, params string[] arguments) =>
        Uploads.StartAsync(script, arguments);
}
