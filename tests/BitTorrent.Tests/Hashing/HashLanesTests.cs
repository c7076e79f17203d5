using System.Diagnostics;
using System.Security.Cryptography;
using Distribution.BitTorrent.Hashing;
using FsCheck.Xunit;

namespace Distribution.BitTorrent.Tests.Hashing;

public sealed class HashLanesTests
{
    /// <summary>Every kind of vector by itself, all together, none, and what was chosen here.</summary>
    private static IEnumerable<LaneChoice> Choices()
    {
        foreach (LaneCompression lanes in LaneCompression.Supported)
            yield return new LaneChoice(100, (lanes, 1));
        yield return new LaneChoice(1, LaneCompression.Supported.Select(lanes => (lanes, (double)lanes.Lanes / 2)));
        yield return new LaneChoice(1);
        yield return LaneChoice.Of(ResumableHashKind.Sha256);
    }

    [Fact]
    public void Every_length_around_a_block_hashes_as_by_the_framework()
    {
        foreach (int blocks in new[] { 0, 1, 2, 16 })
        {
            int[] lengths = [.. Enumerable.Range(-3, 70).Select(more => Math.Max(0, 64 * blocks + more))];
            foreach (int count in new[] { 1, 2, 7, 8, 9, 15, 16, 17, 33, 70 })
                AssertHashes(new Random(count), [.. lengths.Concat(lengths).Take(count)], pieces: 1);
        }
    }

    [Fact]
    public void Long_ones_of_one_length_hash_as_by_the_framework() =>
        AssertHashes(new Random(1), [.. Enumerable.Repeat(100_000, 16)], pieces: 2);

    [Property(MaxTest = 40)]
    public void Any_lengths_in_any_stretches_hash_as_by_the_framework(int seed)
    {
        var random = new Random(seed);
        int usual = random.Next(20_000);
        int[] lengths =
        [
            .. Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(4) > 0 ? usual : random.Next(5000)),
        ];
        AssertHashes(random, lengths, pieces: random.Next(1, 5));
    }

    [Fact]
    public void Messages_of_one_length_hash_as_by_the_framework()
    {
        foreach (LaneChoice choice in Choices())
        {
            foreach (int length in new[] { 1, 64, 65, 128, 1024 })
            {
                for (int count = 0; count <= 35; count++)
                {
                    byte[] messages = RandomNumberGenerator.GetBytes(count * length);
                    byte[] hashes = new byte[count * 32];
                    Sha256Messages.Hash(messages, length, hashes, choice);
                    Assert.Equal(messages.Chunk(length).SelectMany(SHA256.HashData), hashes);
                }
            }
        }
    }

    [Fact]
    public void The_choice_goes_by_what_was_measured()
    {
        if (LaneCompression.Supported is not [var wide, var narrow])
            return;
        // Four messages are as fast in eight lanes as one by one; twelve in sixteen lanes as eight in eight.
        var choice = new LaneChoice(1, (wide, 6), (narrow, 4));
        Assert.Null(choice.For(1));
        Assert.Null(choice.For(4));
        Assert.Same(narrow, choice.For(5));
        Assert.Same(narrow, choice.For(11));
        Assert.Same(wide, choice.For(12));
        Assert.Same(wide, choice.For(100));
        Assert.Equal(16, choice.Lanes);
        Assert.Equal(1, new LaneChoice(1, (wide, 16), (narrow, 9)).Lanes);
    }

    [Fact]
    public void Wrong_use_is_refused()
    {
        var sha1 = new ResumableHash(ResumableHashKind.Sha1);
        var sha256 = new ResumableHash(ResumableHashKind.Sha256);
        Assert.Throws<ArgumentException>(() => HashLanes.Append([sha1], []));
        Assert.Throws<ArgumentException>(() => HashLanes.Append([sha1, sha256], [default, default]));
        HashLanes.Append([], []);
    }

    /// <summary>The same on what this processor would be without its newest instructions.</summary>
    [Fact]
    public async Task A_processor_without_the_wide_vectors_hashes_the_same()
    {
        const string mark = "DISTRIBUTION_TEST_WITHOUT_AVX512";
        if (Environment.GetEnvironmentVariable(mark) is not null)
        {
            Assert.Equal(Lanes256.Count, Assert.Single(LaneCompression.Supported).Lanes);
            return;
        }
        Assert.SkipUnless(LaneCompression.Supported.Count == 2, "There is no AVX-512 that could be switched off.");
        string[] arguments = ["-class", typeof(HashLanesTests).FullName!];
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_EnableAVX512"] = "0", [mark] = "1" },
        };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
    }

    private static void AssertHashes(Random random, int[] lengths, int pieces)
    {
        byte[][] contents = [.. lengths.Select(length => Content(random, length))];
        foreach (ResumableHashKind kind in Enum.GetValues<ResumableHashKind>())
        {
            foreach (LaneChoice choice in Choices())
            {
                ResumableHash[] hashes = [.. lengths.Select(_ => new ResumableHash(kind))];
                for (int piece = 0; piece < pieces; piece++)
                {
                    ReadOnlyMemory<byte>[] messages =
                    [
                        .. contents.Select(content =>
                            (ReadOnlyMemory<byte>)
                                content.AsMemory(
                                    (content.Length * piece / pieces)..(content.Length * (piece + 1) / pieces)
                                )
                        ),
                    ];
                    HashLanes.Append(hashes, messages, choice);
                }
                for (int i = 0; i < hashes.Length; i++)
                {
                    byte[] digest = new byte[kind == ResumableHashKind.Sha1 ? 20 : 32];
                    hashes[i].Finish(digest);
                    byte[] expected =
                        kind == ResumableHashKind.Sha1 ? SHA1.HashData(contents[i]) : SHA256.HashData(contents[i]);
                    Assert.Equal(expected, digest);
                }
            }
        }
    }

    private static byte[] Content(Random random, int length)
    {
        var content = new byte[length];
        random.NextBytes(content);
        return content;
    }
}
