using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Tests.Contents.Azure;

/// <summary>The contract, kept by the store on Azure Blob Storage.</summary>
public sealed class AzureContentStoreTests(AzuriteServer azurite) : ContentStoreContract, IClassFixture<AzuriteServer>
{
    private readonly AzureTestStore _store = new(azurite);

    protected override IContentStore Open() => _store.Open();

    protected override async Task<int> CountCopiesAsync() => (await _store.NamesAsync("bytes/")).Count;
}
