using System.Globalization;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>A file system of a given size, in memory, which a test can fill.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private SmallDisk() => Path = _folder.Sub("disk");

    public string Path { get; }

    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        Requires.That(Environment.IsPrivilegedProcess, "mounting a small disk needs root");
        var disk = new SmallDisk();
        string options = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");
        (int status, string said) = await RunAsync("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk.Path);
        if (status != 0)
            disk._folder.Dispose();
        Requires.That(status == 0, $"a small disk cannot be mounted here: {said}");
        return disk;
    }

    /// <summary>Writes until nothing more fits; the file can be deleted to make room again.</summary>
    public async Task<string> FillAsync()
    {
        string path = System.IO.Path.Combine(Path, "ballast");
        byte[] block = new byte[64 * 1024];
        try
        {
            await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 0);
            while (true)
                await file.WriteAsync(block);
        }
        catch (IOException)
        {
            return path;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", "--lazy", Path);
        _folder.Dispose();
    }

    private static async Task<(int Status, string Said)> RunAsync(string program, params string[] arguments)
    {
        await using RunningProgram running = RunningProgram.Start(program, arguments);
        int status = await running.ExitAsync(TimeSpan.FromSeconds(20));
        return (status, running.Errors.Trim());
    }
}
