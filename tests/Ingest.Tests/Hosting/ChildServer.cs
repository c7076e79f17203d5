using System.Diagnostics;

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>The ingest in a process of its own, so that a test can kill it, or trace its system calls.</summary>
internal sealed class ChildServer : IAsyncDisposable
{
    private readonly Process _process;

    private ChildServer(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>The child's side: prints its address, then serves until its input ends.</summary>
    public static async Task<int> RunAsync(string folder)
    {
        await using var silo = new TestSilo();
        await silo.InitializeAsync();
        await using IngestServer server = await IngestServer.StartAsync(silo.Grains, folder);
        Console.WriteLine(server.Address);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <param name="tracer">A command that runs the server as its child, for instance strace; empty: none.</param>
    public static async Task<ChildServer> StartAsync(string folder, params string[] tracer)
    {
        string[] command = ["dotnet", typeof(ChildServer).Assembly.Location, "serve-ingest", folder];
        command = [.. tracer, .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        string? address = await process.StandardOutput.ReadLineAsync();
        Assert.NotNull(address);
        return new ChildServer(process, new Uri(address));
    }

    /// <summary>kill -9, and waits until nothing is left of it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it in order.</summary>
    public async Task StopAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        Assert.Equal(0, _process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }
}
