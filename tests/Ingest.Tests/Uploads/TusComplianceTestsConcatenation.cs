using System.Net;
using System.Security.Cryptography;
using Distribution.Contracts.Files;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Uploads;

/// <summary>Chapter "Concatenation".</summary>
public sealed class TusComplianceTestsConcatenation(TestSilo silo) : TusComplianceTests(silo)
{
    [Fact]
    public async Task Parts_must_be_concatenated_in_the_listed_order_to_the_sum_of_their_lengths()
    {
        byte[][] parts = [Tus.RandomBytes(300_000), Tus.RandomBytes(1), Tus.RandomBytes(500_000)];
        string[] ids = [await PartAsync(parts[0]), await PartAsync(parts[1]), await PartAsync(parts[2])];
        byte[] expected = [.. parts[2], .. parts[0], .. parts[1]];
        using HttpResponseMessage created = await FinalAsync("film.mp4", ids[2], ids[0], ids[1]);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        string id = IdOf(created);
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal(expected.Length, file.SizeBytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(expected)), file.Content!.Sha256);
        Assert.Equal(expected, await Client.GetByteArrayAsync($"/webseed/{id}/film.mp4"));
    }

    [Fact]
    public async Task Partial_uploads_should_not_be_processed_until_they_are_concatenated()
    {
        string part = await PartAsync(Tus.RandomBytes(1000));
        Assert.Null(FileRecords.Find(part));
        using HttpResponseMessage torrent = await Client.GetAsync($"/torrents/{part}.torrent");
        Assert.Equal(HttpStatusCode.NotFound, torrent.StatusCode);
        using HttpResponseMessage webSeed = await Client.GetAsync($"/webseed/{part}/part");
        Assert.Equal(HttpStatusCode.NotFound, webSeed.StatusCode);
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("partial;")]
    [InlineData("final")]
    [InlineData("final;")]
    [InlineData("final; ")]
    [InlineData("final;/somewhere/0123456789abcdef0123456789abcdef")]
    [InlineData("final;/api/v1/uploads/../uploads/x")]
    [InlineData("final;ftp://host/api/v1/uploads/0123456789abcdef0123456789abcdef")]
    [InlineData("final;/api/v1/uploads/0123456789abcdef0123456789abcdef")]
    public async Task Upload_Concat_must_be_partial_or_final_with_the_URLs_of_parts(string value)
    {
        using HttpResponseMessage response = await SendAsync("POST", null, null, $"Upload-Concat: {value}", Named("a"));
        await Tus.AssertProblemAsync(response, 400, "invalid-concatenation");
    }

    [Fact]
    public async Task Part_URLs_may_be_absolute_or_relative_and_the_same_may_be_there_twice()
    {
        byte[] content = Tus.RandomBytes(1000);
        string part = await PartAsync(content);
        string urls = $"{Server.Address.GetLeftPart(UriPartial.Authority)}{Tus.Root}/{part} {part} {Tus.Root}/{part}";
        using HttpResponseMessage created = await SendAsync(
            "POST",
            null,
            null,
            $"Upload-Concat: final;{urls}",
            Named("a")
        );
        PublishedFile file = await FileRecords.WhenAsync(IdOf(created), FileState.Published);
        byte[] expected = [.. content, .. content, .. content];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(expected)), file.Content!.Sha256);
    }

    [Fact]
    public async Task Final_with_an_Upload_Length_or_a_body_is_refused()
    {
        string part = await PartAsync(Tus.RandomBytes(10));
        string concat = $"Upload-Concat: final;{Tus.Root}/{part}";
        using HttpResponseMessage length = await SendAsync("POST", null, null, concat, Length(10), Named("a"));
        await Tus.AssertProblemAsync(length, 400, "invalid-concatenation");
        using HttpResponseMessage body = await SendAsync("POST", null, [1], concat, Named("a"));
        await Tus.AssertProblemAsync(body, 400, "invalid-concatenation");
    }

    [Fact]
    public async Task Unfinished_parts_are_refused_as_concatenation_unfinished_is_not_advertised()
    {
        Assert.DoesNotContain("concatenation-unfinished", (await OptionAsync("Tus-Extension")).Split(','));
        string whole = await PartAsync(Tus.RandomBytes(10));
        using HttpResponseMessage created = await SendAsync("POST", null, null, "Upload-Concat: partial", Length(10));
        using HttpResponseMessage final = await FinalAsync("a", whole, IdOf(created));
        await Tus.AssertProblemAsync(final, 409, "unfinished-part");
        // Once it is finished, the same request goes through.
        (await SendAsync("PATCH", IdOf(created), new byte[10], Offset(0))).Dispose();
        using HttpResponseMessage again = await FinalAsync("a", whole, IdOf(created));
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
    }

    [Fact]
    public async Task Uploads_that_are_no_parts_are_refused()
    {
        string published = (await Tus.PublishAsync(Client, Tus.RandomBytes(10))).Id;
        using HttpResponseMessage final = await FinalAsync("a", published);
        await Tus.AssertProblemAsync(final, 400, "invalid-concatenation");
        string open = await Tus.CreatedAsync(Client, 10);
        using HttpResponseMessage other = await FinalAsync("a", open);
        await Tus.AssertProblemAsync(other, 400, "invalid-concatenation");
    }

    [Fact]
    public async Task Metadata_of_parts_shall_not_be_transferred_to_the_final_upload()
    {
        using HttpResponseMessage created = await SendAsync(
            "POST",
            null,
            new byte[10],
            "Upload-Concat: partial",
            Length(10),
            $"Upload-Metadata: {Tus.Metadata("part.mp4", "video/mp4", "Part")}"
        );
        using HttpResponseMessage nameless = await SendAsync(
            "POST",
            null,
            null,
            $"Upload-Concat: final;{Tus.Root}/{IdOf(created)}"
        );
        await Tus.AssertProblemAsync(nameless, 400, "invalid-name");
        using HttpResponseMessage final = await FinalAsync("whole.bin", IdOf(created));
        PublishedFile file = await FileRecords.WhenAsync(IdOf(final), FileState.Published);
        Assert.Equal(("whole.bin", "whole.bin", "application/octet-stream"), (file.Name, file.Title, file.ContentType));
    }

    [Fact]
    public async Task PATCH_of_a_final_upload_must_get_403_and_must_not_modify_it_or_its_parts()
    {
        byte[] content = Tus.RandomBytes(1000);
        string part = await PartAsync(content);
        using HttpResponseMessage created = await FinalAsync("a", part);
        string id = IdOf(created);
        foreach (long offset in new long[] { 0, 1000 })
        {
            using HttpResponseMessage patch = await SendAsync("PATCH", id, [1], Offset(offset));
            await Tus.AssertProblemAsync(patch, 403, "not-for-bytes");
        }
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Content!.Sha256);
        using HttpResponseMessage late = await SendAsync("PATCH", id, [], Offset(1000));
        Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
    }

    [Fact]
    public async Task HEAD_of_a_final_upload_must_have_equal_offset_and_length_and_its_Upload_Concat()
    {
        string part = await PartAsync(Tus.RandomBytes(1000));
        using HttpResponseMessage created = await FinalAsync("a", part);
        using HttpResponseMessage early = await SendAsync("HEAD", IdOf(created));
        Assert.Equal("1000", One(early, "Upload-Length"));
        Assert.Equal($"final;{Tus.Root}/{part}", One(early, "Upload-Concat"));
        await FileRecords.WhenAsync(IdOf(created), FileState.Published);
        using HttpResponseMessage head = await SendAsync("HEAD", IdOf(created));
        Assert.Equal("1000", One(head, "Upload-Offset"));
        Assert.Equal("1000", One(head, "Upload-Length"));
        Assert.Equal($"final;{Tus.Root}/{part}", One(head, "Upload-Concat"));
    }

    [Fact]
    public async Task HEAD_of_a_partial_upload_must_have_Upload_Offset_and_its_Upload_Concat()
    {
        using HttpResponseMessage created = await SendAsync("POST", null, null, "Upload-Concat: partial", Length(10));
        for (int offset = 0; offset <= 10; offset += 5)
        {
            using HttpResponseMessage head = await SendAsync("HEAD", IdOf(created));
            Assert.Equal($"{offset}", One(head, "Upload-Offset"));
            Assert.Equal("10", One(head, "Upload-Length"));
            Assert.Equal("partial", One(head, "Upload-Concat"));
            Assert.Null(One(head, "Upload-Metadata"));
            if (offset < 10)
                (await SendAsync("PATCH", IdOf(created), new byte[5], Offset(offset))).Dispose();
        }
    }

    private Task<HttpResponseMessage> FinalAsync(string name, params string[] parts) =>
        SendAsync(
            "POST",
            null,
            null,
            $"Upload-Concat: final;{string.Join(' ', parts.Select(part => $"{Tus.Root}/{part}"))}",
            Named(name)
        );

    private async Task<string> PartAsync(byte[] content)
    {
        using HttpResponseMessage created = await SendAsync(
            "POST",
            null,
            content,
            "Upload-Concat: partial",
            Length(content.Length)
        );
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(content.Length, Tus.OffsetOf(created));
        return IdOf(created);
    }
}
