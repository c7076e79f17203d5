using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>Real H.264 videos of a wanted size, made once a run: noise over a test picture, which does not compress.</summary>
internal static class Videos
{
    private static readonly Lazy<TempFolder> Folder = new(() =>
    {
        var folder = new TempFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    });

    private static readonly ConcurrentDictionary<string, Lazy<Task<TestVideo>>> Made = new();

    /// <summary>About <paramref name="megabytes"/> × 10⁶ bytes, never fewer. Another <paramref name="seed"/> gives another video.</summary>
    public static Task<TestVideo> OfAsync(int megabytes, int seed = 1)
    {
        Requires.Program("ffmpeg");
        string name = string.Create(CultureInfo.InvariantCulture, $"video {megabytes} MB [{seed}].mp4");
        return Made.GetOrAdd(name, _ => new Lazy<Task<TestVideo>>(() => MakeAsync(name, megabytes, seed))).Value;
    }

    private static async Task<TestVideo> MakeAsync(string name, int megabytes, int seed)
    {
        string path = Folder.Value.File(name);
        string picture = string.Create(
            CultureInfo.InvariantCulture,
            $"testsrc2=size=1280x720:rate=30,noise=alls=100:allf=t:all_seed={seed}"
        );
        string limit = string.Create(CultureInfo.InvariantCulture, $"{megabytes}000000");
        await using RunningProgram ffmpeg = RunningProgram.Start(
            "ffmpeg",
            new[] { "-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-f", "lavfi", "-i", picture }
                .Concat(["-c:v", "libx264", "-preset", "ultrafast", "-qp", "6", "-pix_fmt", "yuv420p"])
                .Concat(["-fs", limit, "-movflags", "+faststart", path])
        );
        int status = await ffmpeg.ExitAsync(TimeSpan.FromMinutes(3));
        Assert.True(status == 0, ffmpeg.Transcript());
        await using FileStream file = File.OpenRead(path);
        string sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
        Assert.True(file.Length >= megabytes * 1_000_000L, $"ffmpeg made {file.Length} bytes.");
        return new TestVideo(path, file.Length, sha256);
    }
}
