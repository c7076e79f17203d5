namespace Distribution.Contracts.Accounts;

/// <summary>What the operator has given single publishers, for whoever takes their uploads.</summary>
public interface IPublisherQuotas
{
    /// <summary>Bytes of all files and uploads together; 0: none; null: the server's own quota holds.</summary>
    Task<long?> FindAsync(string publisherId);
}
