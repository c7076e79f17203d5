using System.Security.Cryptography;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>A folder of files as publishers have them: nested, empty, of one byte, of several pieces, with names that need escaping.</summary>
internal sealed class TestShow : IDisposable
{
    private static readonly (string Path, int LengthBytes)[] Made =
    [
        ("read me & more.txt", 1),
        ("empty", 0),
        ("season 1/episode 1 [ü].bin", 5_000_003),
        ("season 1/episode 2 100%25.bin", 1 << 20),
        ("season 1/extras/cut #3.bin", 300_001),
        ("season 2/episode 1 [ü].bin", 2_500_000),
        ("season 2/nothing yet", 0),
    ];

    private readonly TempFolder _temp = new();

    public TestShow()
    {
        Path = _temp.Sub("the show ä");
        var random = new Random(2026);
        foreach ((string path, int lengthBytes) in Made)
        {
            var bytes = new byte[lengthBytes];
            random.NextBytes(bytes);
            string file = System.IO.Path.Combine(Path, path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, bytes);
        }
    }

    public string Path { get; }

    public static string Name => "the show ä";

    public static int FileCount => Made.Length;

    public static long SizeBytes => Made.Sum(file => (long)file.LengthBytes);

    /// <summary>Asserts that a client's folder has these files, each to the byte, and no other but padding.</summary>
    /// <param name="withEmptyFiles">False: the client makes none of the empty ones.</param>
    public async Task AssertSameAsync(string folder, bool withEmptyFiles = true)
    {
        string[] wanted = [.. Made.Where(file => withEmptyFiles || file.LengthBytes > 0).Select(file => file.Path)];
        foreach (string path in wanted)
            Assert.Equal(
                await Sha256Async(System.IO.Path.Combine(Path, path)),
                await Sha256Async(System.IO.Path.Combine(folder, path))
            );
        IEnumerable<string> found = Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => System.IO.Path.GetRelativePath(folder, file))
            .Where(file => !file.StartsWith(".pad", StringComparison.Ordinal));
        Assert.Equal(wanted.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    public void Dispose() => _temp.Dispose();

    private static async Task<string> Sha256Async(string path)
    {
        await using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
    }
}
