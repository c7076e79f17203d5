using System.Globalization;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Clients;

/// <summary>A real aria2 viewer: downloads, and ends when it is done.</summary>
internal sealed class Aria2Client : IViewerClient
{
    private readonly TempFolder _folder = new();
    private readonly RunningProgram _program;

    private Aria2Client(string source) =>
        _program = RunningProgram.Start(
            "aria2c",
            [
                "--no-conf",
                "--dir",
                _folder.Path,
                "--seed-time=0",
                "--enable-dht=false",
                "--enable-dht6=false",
                "--bt-enable-lpd=false",
                "--enable-peer-exchange=false",
                "--file-allocation=none",
                "--summary-interval=1",
                "--listen-port",
                Ports.Free().ToString(CultureInfo.InvariantCulture),
                source,
            ]
        );

    public string Folder => _folder.Path;

    /// <param name="source">A magnet link, or the path of a .torrent file.</param>
    public static Aria2Client Start(string source)
    {
        Requires.Program("aria2c");
        return new Aria2Client(source);
    }

    public async Task FinishedAsync(TimeSpan limit)
    {
        int status = await _program.ExitAsync(limit);
        Assert.True(status == 0, _program.Transcript());
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _folder.Dispose();
    }
}
