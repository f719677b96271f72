import type { Provider } from './provider.js';

/*
 * The regions of each cloud that Atlas is known to serve. Atlas adds regions, so this table suggests and translates; it
 * is no list of what is allowed. AWS names convert mechanically and stand in the cloud's own spelling; those of the
 * other clouds don't, so each stands beside Atlas's.
 */

const aws = `
us-east-1 us-east-2 us-west-1 us-west-2 us-gov-east-1 us-gov-west-1 ca-central-1 ca-west-1 mx-central-1 sa-east-1
eu-north-1 eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-central-2 eu-south-1 eu-south-2
me-south-1 me-central-1 af-south-1 il-central-1
ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-east-1 ap-east-2
ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7
cn-north-1 cn-northwest-1`;

const azure = `
centralus=US_CENTRAL eastus=US_EAST eastus2=US_EAST_2 northcentralus=US_NORTH_CENTRAL southcentralus=US_SOUTH_CENTRAL
westus=US_WEST westus2=US_WEST_2 westus3=US_WEST_3 westcentralus=US_WEST_CENTRAL eastus2euap=US_EAST_2_EUAP
canadacentral=CANADA_CENTRAL canadaeast=CANADA_EAST mexicocentral=MEXICO_CENTRAL
brazilsouth=BRAZIL_SOUTH brazilsoutheast=BRAZIL_SOUTHEAST chilecentral=CHILE_CENTRAL
northeurope=EUROPE_NORTH westeurope=EUROPE_WEST uksouth=UK_SOUTH ukwest=UK_WEST
francecentral=FRANCE_CENTRAL francesouth=FRANCE_SOUTH germanynorth=GERMANY_NORTH germanywestcentral=GERMANY_WEST_CENTRAL
italynorth=ITALY_NORTH norwayeast=NORWAY_EAST norwaywest=NORWAY_WEST polandcentral=POLAND_CENTRAL
spaincentral=SPAIN_CENTRAL swedencentral=SWEDEN_CENTRAL swedensouth=SWEDEN_SOUTH
switzerlandnorth=SWITZERLAND_NORTH switzerlandwest=SWITZERLAND_WEST
eastasia=ASIA_EAST southeastasia=ASIA_SOUTH_EAST indonesiacentral=INDONESIA_CENTRAL malaysiawest=MALAYSIA_WEST
centralindia=INDIA_CENTRAL southindia=INDIA_SOUTH westindia=INDIA_WEST
japaneast=JAPAN_EAST japanwest=JAPAN_WEST koreacentral=KOREA_CENTRAL koreasouth=KOREA_SOUTH
australiacentral=AUSTRALIA_CENTRAL australiacentral2=AUSTRALIA_CENTRAL_2 australiaeast=AUSTRALIA_EAST
australiasoutheast=AUSTRALIA_SOUTH_EAST newzealandnorth=NEW_ZEALAND_NORTH
israelcentral=ISRAEL_CENTRAL qatarcentral=QATAR_CENTRAL uaecentral=UAE_CENTRAL uaenorth=UAE_NORTH
southafricanorth=SOUTH_AFRICA_NORTH southafricawest=SOUTH_AFRICA_WEST`;

const gcp = `
us-central1=CENTRAL_US us-east1=EASTERN_US us-east4=US_EAST_4 us-east5=US_EAST_5 us-south1=US_SOUTH_1
us-west1=WESTERN_US us-west2=US_WEST_2 us-west3=US_WEST_3 us-west4=US_WEST_4
northamerica-northeast1=NORTH_AMERICA_NORTHEAST_1 northamerica-northeast2=NORTH_AMERICA_NORTHEAST_2
northamerica-south1=NORTH_AMERICA_SOUTH_1 southamerica-east1=SOUTH_AMERICA_EAST_1 southamerica-west1=SOUTH_AMERICA_WEST_1
europe-west1=WESTERN_EUROPE europe-west2=EUROPE_WEST_2 europe-west3=EUROPE_WEST_3 europe-west4=EUROPE_WEST_4
europe-west6=EUROPE_WEST_6 europe-west8=EUROPE_WEST_8 europe-west9=EUROPE_WEST_9 europe-west10=EUROPE_WEST_10
europe-west12=EUROPE_WEST_12 europe-north1=EUROPE_NORTH_1 europe-central2=EUROPE_CENTRAL_2
europe-southwest1=EUROPE_SOUTHWEST_1
asia-east1=EASTERN_ASIA_PACIFIC asia-east2=ASIA_EAST_2 asia-northeast1=NORTHEASTERN_ASIA_PACIFIC
asia-northeast2=ASIA_NORTHEAST_2 asia-northeast3=ASIA_NORTHEAST_3 asia-southeast1=SOUTHEASTERN_ASIA_PACIFIC
asia-southeast2=ASIA_SOUTHEAST_2 asia-south1=ASIA_SOUTH_1 asia-south2=ASIA_SOUTH_2
australia-southeast1=AUSTRALIA_SOUTHEAST_1 australia-southeast2=AUSTRALIA_SOUTHEAST_2
me-west1=MIDDLE_EAST_WEST_1 me-central1=MIDDLE_EAST_CENTRAL_1 me-central2=MIDDLE_EAST_CENTRAL_2
africa-south1=AFRICA_SOUTH_1`;

/** A region in the cloud's own spelling and in Atlas's. */
export interface RegionNames {
  region: string;
  atlasRegion: string;
}

function read(table: string): RegionNames[] {
  return table
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const [region = '', atlasRegion = region.toUpperCase().replaceAll('-', '_')] = entry.split('=');
      return { region, atlasRegion };
    });
}

export const regionTable: Record<Provider, readonly RegionNames[]> = {
  AWS: read(aws),
  AZURE: read(azure),
  GCP: read(gcp),
};
