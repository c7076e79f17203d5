using System.Globalization;
using System.Net;
using Distribution.Contracts.Files;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Uploads;

/// <summary>Chapters "Creation", "Creation With Upload", "Expiration" and "Termination".</summary>
public sealed class TusComplianceTestsCreation(TestSilo silo) : TusComplianceTests(silo)
{
    // Creation

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    [InlineData("yes")]
    public async Task Upload_Defer_Length_must_be_1(string value)
    {
        using HttpResponseMessage response = await SendAsync(
            "POST",
            null,
            null,
            $"Upload-Defer-Length: {value}",
            Named("a")
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Upload_Defer_Length_must_be_omitted_where_the_length_is_not_deferred()
    {
        using HttpResponseMessage head = await SendAsync("HEAD", await Tus.CreatedAsync(Client, 10));
        Assert.Null(One(head, "Upload-Defer-Length"));
    }

    [Fact]
    public async Task Creation_without_a_length_is_refused_as_deferring_is_not_advertised()
    {
        Assert.DoesNotContain("creation-defer-length", (await OptionAsync("Tus-Extension")).Split(','));
        using HttpResponseMessage response = await SendAsync("POST", null, null, "Upload-Defer-Length: 1", Named("a"));
        await Tus.AssertProblemAsync(response, 400, "deferred-length");
        using HttpResponseMessage none = await SendAsync("POST", null, null, Named("a"));
        await Tus.AssertProblemAsync(none, 400, "invalid-header");
    }

    [Theory]
    [InlineData("filename YQ==,key")] // the space may be left out with an empty value
    [InlineData("filename YQ==,key ")]
    [InlineData("key dmFsdWU=,filename YQ==")]
    public async Task Upload_Metadata_must_be_pairs_of_key_and_value(string metadata)
    {
        using HttpResponseMessage response = await SendAsync(
            "POST",
            null,
            null,
            Length(1),
            $"Upload-Metadata: {metadata}"
        );
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Theory]
    [InlineData("filename YQ==,filename YQ==")] // keys must be unique
    [InlineData("filename YQ==,a b dmFsdWU=")] // and without spaces
    [InlineData("filename YQ==,key *!")] // values must be Base64
    public async Task Upload_Metadata_that_is_none_is_refused(string metadata)
    {
        using HttpResponseMessage response = await SendAsync(
            "POST",
            null,
            null,
            Length(1),
            $"Upload-Metadata: {metadata}"
        );
        await Tus.AssertProblemAsync(response, 400, "invalid-metadata");
    }

    [Fact]
    public async Task Upload_of_length_0_is_complete_at_its_creation()
    {
        using HttpResponseMessage created = await SendAsync("POST", null, null, Length(0), Named("a"));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        await FileRecords.WhenAsync(IdOf(created), FileState.Published);
        Assert.Equal(0, await Tus.OffsetAsync(Client, IdOf(created)));
    }

    [Fact]
    public async Task HEAD_must_include_Upload_Metadata_as_it_was_specified()
    {
        const string kept = "x-binary AAEC/w==,filename YQ==,empty";
        using HttpResponseMessage created = await SendAsync("POST", null, null, Length(2), $"Upload-Metadata: {kept}");
        string id = IdOf(created);
        using HttpResponseMessage before = await SendAsync("HEAD", id);
        Assert.Equal(kept, One(before, "Upload-Metadata"));
        (await SendAsync("PATCH", id, [1, 2], Offset(0))).Dispose();
        using HttpResponseMessage after = await SendAsync("HEAD", id);
        Assert.Equal(kept, One(after, "Upload-Metadata"));
    }

    [Fact]
    public async Task Length_above_the_maximum_must_get_413()
    {
        using HttpResponseMessage response = await SendAsync("POST", null, null, Length(1_000_000_001), Named("a"));
        await Tus.AssertProblemAsync(response, 413, "upload-too-large");
        using HttpResponseMessage most = await SendAsync("POST", null, null, Length(1_000_000_000), Named("a"));
        Assert.Equal(HttpStatusCode.Created, most.StatusCode);
    }

    [Fact]
    public async Task Creation_must_be_acknowledged_with_201_and_a_Location()
    {
        using HttpResponseMessage response = await SendAsync("POST", null, null, Length(10), Named("a"));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        using HttpResponseMessage head = await Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Head, new Uri(Server.Address, response.Headers.Location!))
        );
        Assert.Equal("0", One(head, "Upload-Offset"));
    }

    // Creation With Upload

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(10)]
    public async Task Creation_with_upload_must_answer_the_offset_after_the_accepted_bytes(int bytes)
    {
        using HttpResponseMessage response = await SendAsync("POST", null, new byte[bytes], Length(10), Named("a"));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        if (bytes > 0)
            Assert.Equal($"{bytes}", One(response, "Upload-Offset"));
        Assert.Equal(bytes, await Tus.OffsetAsync(Client, IdOf(response)));
    }

    [Fact]
    public async Task Creation_with_upload_must_have_the_Content_Type_of_a_PATCH()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Tus.Root) { Content = new StringContent("hello") };
        request.Headers.Add("Upload-Length", "5");
        request.Headers.Add("Upload-Metadata", Tus.Metadata("a"));
        using HttpResponseMessage response = await Client.SendAsync(request);
        await Tus.AssertProblemAsync(response, 415, "unsupported-content-type");
        Assert.Empty(Directory.GetDirectories(Path.Combine(ContentFolder, "uploads")));
    }

    // Expiration

    [Fact]
    public async Task Upload_Expires_must_be_in_the_POST_and_in_every_PATCH_response_as_an_HTTP_date()
    {
        using HttpResponseMessage created = await SendAsync("POST", null, null, Length(10), Named("a"));
        string id = IdOf(created);
        using HttpResponseMessage patch = await SendAsync("PATCH", id, [1], Offset(0));
        using HttpResponseMessage conflict = await SendAsync("PATCH", id, [1], Offset(7));
        using HttpResponseMessage type = await Tus.PatchAsync(Client, id, 1, new ByteArrayContent([1]), "text/plain");
        using HttpResponseMessage offset = await SendAsync("PATCH", id, [1], "Upload-Offset: x");
        using HttpResponseMessage sum = await SendAsync("PATCH", id, [1], Offset(1), "Upload-Checksum: crc7 AA==");
        HttpResponseMessage[] all = [created, patch, conflict, type, offset, sum];
        Assert.Equal([201, 204, 409, 415, 400, 400], all.Select(response => (int)response.StatusCode));
        DateTimeOffset expected = TimeProvider.System.GetUtcNow().AddDays(7);
        foreach (HttpResponseMessage response in all)
        {
            var expires = DateTimeOffset.ParseExact(
                One(response, "Upload-Expires")!,
                "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal
            );
            Assert.InRange(expires, expected.AddMinutes(-10), expected.AddSeconds(1));
        }
        // A whole upload does not expire.
        using HttpResponseMessage last = await SendAsync("PATCH", id, new byte[9], Offset(1));
        Assert.Equal(HttpStatusCode.NoContent, last.StatusCode);
        Assert.Null(One(last, "Upload-Expires"));
    }

    // Termination

    [Fact]
    public async Task DELETE_must_get_204_and_later_requests_should_get_410()
    {
        string fresh = await Tus.CreatedAsync(Client, 10);
        string begun = await Tus.CreatedAsync(Client, 10);
        (await SendAsync("PATCH", begun, [1], Offset(0))).Dispose();
        string whole = (await Tus.PublishAsync(Client, Tus.RandomBytes(10))).Id;
        foreach (string id in new[] { fresh, begun, whole })
        {
            using HttpResponseMessage delete = await SendAsync("DELETE", id);
            Assert.Equal(HttpStatusCode.NoContent, delete.StatusCode);
            foreach (string method in new[] { "HEAD", "PATCH", "DELETE" })
            {
                using HttpResponseMessage later = await SendAsync(
                    method,
                    id,
                    method == "PATCH" ? [1] : null,
                    Offset(0)
                );
                Assert.Equal(HttpStatusCode.Gone, later.StatusCode);
            }
        }
        Assert.Equal(FileState.Failed, FileRecords.Find(fresh)!.State);
        Assert.Equal(FileState.Failed, FileRecords.Find(begun)!.State);
        Assert.Equal(FileState.Unpublished, FileRecords.Find(whole)!.State);
        Assert.Empty(Directory.GetDirectories(Path.Combine(ContentFolder, "uploads")));
    }
}
